//! The seat protocol (docs/ledger.md): every decision that `environments` and `operator` make about
//! an owner's seats, and every object that the protocol writes.
//!
//! Everything here is a pure function. The crate has no Kubernetes client, no `async`, no clock and
//! no randomness: objects, the current time and fresh uuids come in as arguments, and a decision
//! goes out as a value. The callers read, write and retry.

pub mod binding;
pub mod claim;
pub mod creator;
pub mod extend;
pub mod fence;
pub mod forecast;
pub mod found;
pub mod holder;
pub mod launch;
pub mod order;
pub mod orphan;
pub mod queue;
pub mod quota;
pub mod remove;
pub mod reseat;
pub mod seats;
pub mod standing;
pub mod sweep;
pub mod timeouts;
pub mod timestamps;
pub mod void;

#[cfg(test)]
mod tests;
