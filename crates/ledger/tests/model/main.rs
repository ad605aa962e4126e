//! A model of the seat protocol (docs/ledger.md, "How it is checked"), searched exhaustively.
//!
//! The decisions are the functions of `ledger` themselves. The model adds what is around them: an
//! API server with versions (`api`), the order of reads and writes in `environments` (`launch`,
//! `remove`, `extend`) and in `operator` (`operator`), and what goes wrong (`world`, and the
//! answers in `api`).

#![allow(
    clippy::expect_used,
    clippy::print_stdout,
    reason = "clippy takes only functions marked as tests for tests"
)]

mod api;
mod bridge;
mod extend;
mod flaws;
mod invariants;
mod launch;
mod operator;
mod real;
mod remove;
mod scenarios;
mod search;
mod state;
mod system;
mod take;
mod world;
mod writes;
