//! Dploy: a self-service catalog of short-lived environments on Kubernetes.
//!
//! This package has the command line, the configuration, the HTTP server and the roles of the one
//! binary. The operations on environments are in `crates/environments`, the controllers in
//! `crates/operator` (docs/ARCHITECTURE.md). The modules are private, so that the compiler reports
//! unused code; the exports are what the binary, the integration tests and `testbed` use.

mod cli;
mod config;
mod http;
mod rest;
mod roles;
mod routes;
mod telemetry;

pub use cli::Cli;
pub use config::{Env, configuration_page, variables};
#[cfg(feature = "dev")]
pub use roles::{Dev, Options};
pub use roles::{Failure, crds_yaml, play};
pub use routes::openapi;
