//! The audit log (docs/audit.md): one JSON line per change that somebody asked for, each with the
//! hash of the line before.
//!
//! [`entry`], [`chain`] and [`verify`] are pure. [`AuditLog`] hands lines to a thread, which
//! appends them to a file or to standard output.

pub mod chain;
pub mod entry;
mod file;
mod log;
pub mod request;
pub mod verify;
mod writer;

pub use self::{
    entry::{Action, Change, Environment, Outcome, Who},
    file::OpenError,
    log::{AuditLog, NoPlace, Place, Target},
};

#[cfg(test)]
mod tests;
