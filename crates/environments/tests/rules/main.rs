//! The operations under real concurrency: several replicas that share nothing but a cluster.
//!
//! The cluster is the embedded one, or any API server with `DPLOY_CLUSTER_KUBECONFIG`. Each test
//! has a namespace of its own. `RACE_ROUNDS` is the number of rounds of each race, 3 without it.

#![allow(missing_docs, reason = "the name of a test says what it checks")]
#![allow(clippy::expect_used, reason = "a test that cannot be set up fails with a sentence")]

mod answers;
mod bed;
mod crashes;
mod features;
mod lifecycle;
mod limits;
mod lost_records;
mod older;
mod owners;
mod queues;
mod races;
mod stream;
mod suspended;
