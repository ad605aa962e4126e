//! Sign-in, sessions and bearer tokens over real connections on loopback, with a manual clock.
#![allow(missing_docs, reason = "tests say what they check by their names")]
#![allow(
    clippy::expect_used,
    clippy::panic,
    reason = "a failed setup fails the test with a sentence"
)]

mod algorithms;
mod bearer;
mod browser;
mod forged;
mod issuer;
mod provider;
mod sessions;
mod sign_in;
mod sign_out;
mod site;
mod split_horizon;
mod timing;
