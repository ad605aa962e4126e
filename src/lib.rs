//! Dploy: a self-service catalog of short-lived environments on Kubernetes.
//!
//! The roles of the one binary, the HTTP server and the wiring; the rules live in
//! `crates/environments`, the decisions of the operator in `crates/operator` (see
//! `docs/ARCHITECTURE.md`).

pub mod cli;
pub mod config;
mod http;
mod rest;
pub mod roles;
mod routes;
mod telemetry;

pub use routes::openapi;
