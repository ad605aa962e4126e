//! The controllers that run environments.
//!
//! An [`Operator`] mirrors Dploy's kinds and the workloads' namespaces, and takes part in the
//! election of a leader. While it leads, it reconciles instances, templates (their pools and
//! status) and owners (their ledgers). A reconcile has five steps: observe (reads only), draft
//! (pure), decide (`planner`, pure), carry out (writes only), conclude (status, Events, and when to
//! reconcile again).
//!
//! A leader also sweeps what a former leader left behind.
//!
//! The operator writes instances and their status, the status of templates and owners, void
//! instances, namespaces, its Lease and Events. Every write but a creation names the version that
//! it was decided on.

mod chores;
mod context;
mod controller;
mod damaged_guards;
mod election;
mod error;
mod instances;
mod leftovers;
mod metrics;
mod mirrors;
mod owners;
mod progress;
mod replica;
mod retries;
mod settings;
mod settled;
mod templates;
mod unreadable;
mod unused_revisions;
mod wakes;

pub use planner::{leftovers::LeftoverTimings, unused_revisions::RevisionTimings};
pub use replica::{Operator, OperatorError, Readiness};
pub use settings::{LeaseTimings, Limits, Settings};
