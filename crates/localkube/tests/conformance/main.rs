//! What a kube-apiserver (with its garbage collector and namespace controller) does, asked of this one.
//!
//! With `DPLOY_CLUSTER_KUBECONFIG` set to the path of a kubeconfig the same questions go to that server. Every test
//! makes its own namespace and, where it needs one, its own kind.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    unreachable_pub,
    reason = "a test that cannot go on is a test that failed"
)]

mod apply;
mod bed;
mod custom;
mod deletion;
mod durability;
mod kube_runtime;
mod kubectl;
mod objects;
mod watches;
