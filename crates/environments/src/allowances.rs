//! How many changes each person may make: a token bucket per person and replica, so that a loop of
//! launches and deletions neither hurts others nor makes anything grow.

use std::{
    num::NonZeroU32,
    sync::atomic::{AtomicBool, Ordering},
};

use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter, clock::Clock as _};

use crate::{Caller, Person, Refusal};

/// The number of buckets from which on full ones are forgotten: a full bucket says nothing.
const MAX_BUCKETS: usize = 10_000;

/// The buckets of one replica, by person.
#[derive(Debug)]
pub(crate) struct Allowances(Option<DefaultKeyedRateLimiter<Person>>);

impl Allowances {
    /// `per_minute` changes at once, and as many more in each minute; `None`: any number.
    pub(crate) fn new(per_minute: Option<NonZeroU32>) -> Self {
        Self(per_minute.map(|rate| RateLimiter::keyed(Quota::per_minute(rate))))
    }

    /// The allowance of one request.
    pub(crate) fn of(&self, caller: &Caller) -> Allowance<'_> {
        Allowance { buckets: self, person: caller.person(), is_used: AtomicBool::new(false) }
    }

    fn take(&self, person: &Person) -> Result<(), Refusal> {
        let Some(limiter) = &self.0 else { return Ok(()) };
        if limiter.len() > MAX_BUCKETS {
            limiter.retain_recent();
            limiter.shrink_to_fit();
        }
        limiter.check_key(person).map_err(|not_yet| {
            let wait = not_yet.wait_time_from(limiter.clock().now());
            let seconds = u32::try_from(wait.as_secs()).unwrap_or(u32::MAX).saturating_add(1);
            Refusal::TooManyChanges { retry_after: seconds }
        })
    }
}

/// What one request may change: it counts once, and only when it is about to write.
#[derive(Debug)]
pub(crate) struct Allowance<'a> {
    buckets: &'a Allowances,
    person: Person,
    is_used: AtomicBool,
}

impl Allowance<'_> {
    /// Uses it.
    ///
    /// # Errors
    /// [`Refusal::TooManyChanges`]
    pub(crate) fn take(&self) -> Result<(), Refusal> {
        if self.is_used.swap(true, Ordering::Relaxed) {
            return Ok(());
        }
        self.buckets.take(&self.person)
    }
}
