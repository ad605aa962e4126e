//! The integration tests of the binary `dploy`, in one test binary.

#![allow(
    clippy::expect_used,
    clippy::panic,
    reason = "clippy takes only functions marked as tests for tests"
)]

mod access;
mod adopt;
mod audit;
mod chart;
mod connections;
mod documents;
mod features;
mod gateway;
mod hang_up;
mod headers;
#[cfg(target_os = "linux")]
mod killed;
#[cfg(unix)]
mod kube_port;
mod lost_records;
mod metrics;
mod outage;
mod overload;
mod program;
mod queues;
mod refusals;
mod roles;
mod sign_in;
mod streams;
mod visitor;
mod world;
