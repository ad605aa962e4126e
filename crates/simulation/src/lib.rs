//! A deterministic simulation: real servers and operators on the embedded API server's store, on
//! one thread, in simulated time, with faults that a seed chooses (docs/simulation.md).
//!
//! A seed gives a [`plan`]: what people, the admin and the network do, and when. [`run`] executes
//! it and [`check`]s the invariants afterwards. A plan that fails is [`shrink`]ed.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests only")]

pub mod check;
mod clients;
pub mod command;
mod dice;
mod engine;
mod history;
mod network;
mod nodes;
pub mod plan;
mod record;
mod regressions;
pub mod run;
pub mod shrink;
mod sim_clock;
mod trace;
