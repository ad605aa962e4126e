//! The controllers and the engines that run environments.
//!
//! An [`Operator`] watches Dploy's kinds and the workloads' namespaces, elects a leader among the replicas, and while it leads keeps
//! instances, templates (their pools and status) and owners (their seats) as they should be. A reconcile reads as five steps:
//! observe (reads only), decide (`plan`, pure), carry out (writes only), report (status and Events), look again.
//!
//! It writes instances and their status, the status of templates and owners, void instances, namespaces, its Lease and Events;
//! every write but a creation names the version that it was decided on.

mod context;
mod controller;
mod election;
pub mod engines;
mod error;
mod guard_rails;
mod instances;
mod metrics;
mod mirrors;
mod owners;
mod plan;
mod replica;
mod retries;
mod settings;
mod templates;
mod unreadable;

pub use replica::{Operator, OperatorError, Readiness};
pub use settings::{LeaseTimings, Settings};
