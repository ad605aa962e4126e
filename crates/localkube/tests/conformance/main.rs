//! Conformance tests: the embedded server behaves like kube-apiserver with its controllers.
//!
//! The tests run against the cluster of the kubeconfig that `DPLOY_CLUSTER_KUBECONFIG` names, and
//! against the embedded server if it is not set. Every test creates its own namespace and, if it
//! needs one, its own kind.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    unreachable_pub,
    reason = "a test may panic"
)]

mod apply;
mod bed;
mod custom;
mod deletion;
mod durability;
mod kube_runtime;
mod kubectl;
mod objects;
mod simulated;
mod watches;
