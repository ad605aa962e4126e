//! Every decision of the operator, as a function of what was observed.
//!
//! This crate has no client of Kubernetes, no clock, no randomness and no `async`. Time and random
//! names come in as arguments. A decision is a value that leaves nothing to choose: the operator
//! only carries it out.

mod conditions;
pub mod guard_rails;
pub mod instance;
pub mod leftovers;
mod metadata;
pub mod pool;
pub mod template;
pub mod unused_revisions;
pub mod wake;
pub mod watchdog;

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

pub use conditions::{Event, Ready, ends_soon, ready_condition, set_ready};

/// When to reconcile an object again. `None`: when something changes.
pub type RequeueAfter = Option<Duration>;

/// How long it is from `now` until `then`; zero when `then` has passed.
#[must_use]
pub fn until(then: Timestamp, now: Timestamp) -> Duration {
    then.duration_since(now).max(SignedDuration::ZERO).unsigned_abs()
}

/// The earlier of two times to reconcile again.
#[must_use]
pub fn sooner(one: RequeueAfter, other: RequeueAfter) -> RequeueAfter {
    [one, other].into_iter().flatten().min()
}
