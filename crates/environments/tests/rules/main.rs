//! The rules under real concurrency: several replicas on one cluster, nothing but Kubernetes between them.
//!
//! The cluster is an embedded one, or, with `DPLOY_CLUSTER_KUBECONFIG`, any API server; each test has a namespace of its own.
//! `RACE_ROUNDS` says how often each race is run (3).

#![allow(missing_docs, reason = "tests say what they check by their names")]
#![allow(clippy::expect_used, reason = "a test that cannot be set up fails with a sentence")]

mod bed;
mod crashes;
mod faults;
mod lifecycle;
mod owners;
mod races;
mod stream;
