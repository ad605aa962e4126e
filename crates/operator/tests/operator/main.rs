//! The controllers against the embedded API server.

#![allow(missing_docs, clippy::print_stdout, reason = "tests")]
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "what a test cannot set up ends it")]

mod bed;
mod election;
mod instances;
mod owners;
mod pools;
#[path = "../../../engines/tests/engines/support.rs"]
mod support;
mod with_processes;
