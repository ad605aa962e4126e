//! Every decision of the operator, as a function of what was seen: no client, no clock, no randomness, no `async`. Time and
//! fresh names come in as arguments; what goes out is a value with nothing left to choose.

mod conditions;
pub(crate) mod instance;
pub(crate) mod pool;
pub(crate) mod seats;
pub(crate) mod template;

use jiff::{SignedDuration, Timestamp};

pub(crate) use conditions::{Ready, ready_of, set_ready};

/// When to look again: `None` waits for a change.
pub(crate) type LookAgain = Option<std::time::Duration>;

/// How long it is from `now` until `then`; nothing when that is past.
pub(crate) fn until(then: Timestamp, now: Timestamp) -> std::time::Duration {
    then.duration_since(now).max(SignedDuration::ZERO).unsigned_abs()
}

/// `then`, or the end of time where there is no such moment.
pub(crate) fn after(then: Timestamp, pause: SignedDuration) -> Timestamp {
    then.checked_add(pause).unwrap_or(Timestamp::MAX)
}

/// The earlier of two times to look again.
pub(crate) fn sooner(one: LookAgain, other: LookAgain) -> LookAgain {
    [one, other].into_iter().flatten().min()
}
