//! The engines with real processes, and the controllers against the embedded API server.

#![allow(missing_docs, reason = "tests")]

mod bed;
mod election;
mod fake;
mod instances;
mod owners;
mod pools;
mod process;
mod support;
mod with_processes;
