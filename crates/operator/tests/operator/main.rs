//! The controllers against the embedded API server.

#![allow(missing_docs, clippy::print_stdout, reason = "tests")]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "what a test cannot set up ends it")]

mod argocd;
mod bed;
mod costs;
#[path = "../../../engines/tests/engines/crds.rs"]
mod crds;
mod election;
mod instances;
mod leftovers;
mod owners;
mod pools;
mod queues;
mod retries;
mod revisions;
#[path = "../../../engines/tests/engines/support.rs"]
mod support;
mod terms;
mod time;
mod with_processes;
