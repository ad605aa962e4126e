//! Sign-in, sessions and bearer tokens over real connections on loopback, with a clock that stands still until it is moved.
#![allow(missing_docs, reason = "tests say what they check by their names")]
#![allow(
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot be set up fails with a sentence"
)]

mod algorithms;
mod bearer;
mod browser;
mod forged;
mod horizon;
mod issuer;
mod provider;
mod sessions;
mod sign_in;
mod site;
mod timing;
