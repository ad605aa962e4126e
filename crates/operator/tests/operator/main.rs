//! The engines with real processes, and the controllers against the embedded API server.

#![allow(missing_docs, reason = "tests")]

mod process;
mod support;
