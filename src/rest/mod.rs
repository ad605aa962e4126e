//! The REST handlers (docs/contract.md, "REST").
//!
//! A handler extracts the request's parts, calls one method of `environments`, and returns its
//! body.

pub(crate) mod admin;
pub(crate) mod catalog;
pub(crate) mod documentation;
pub(crate) mod environments;
pub(crate) mod me;
pub(crate) mod probes;
pub(crate) mod run;
