//! The pauses before an object is reconciled again after a conflict or a failure.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

/// The pause after the first failure.
const MIN_RETRY_PAUSE: Duration = Duration::from_millis(200);
/// The longest pause after a failure.
const MAX_RETRY_PAUSE: Duration = Duration::from_secs(60);
/// The pause after the first conflict.
const MIN_CONFLICT_PAUSE: Duration = Duration::from_millis(25);
/// The longest pause after a conflict.
const MAX_CONFLICT_PAUSE: Duration = Duration::from_secs(5);
/// How many conflicts in a row are reported, once.
const REPORTED_CONFLICTS: u32 = 10;

/// How often each object failed, or met a conflict, in a row.
#[derive(Debug, Default)]
pub(crate) struct Retries(Mutex<HashMap<String, Streak>>);

/// What happened to one object since a reconcile of it succeeded.
#[derive(Debug, Default)]
struct Streak {
    failures: u32,
    conflicts: u32,
}

/// What follows from a conflict.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct AfterConflict {
    /// The pause before the next attempt.
    pub(crate) pause: Duration,
    /// Whether the log has to report it: there were many in a row, and none was reported yet.
    pub(crate) is_reported: bool,
}

impl Retries {
    /// Counts a failure of `object`. Returns the pause before the next attempt.
    pub(crate) fn after_failure(&self, object: &str) -> Duration {
        let failures = self.count(object, |streak| &mut streak.failures);
        doubled(MIN_RETRY_PAUSE, failures).min(MAX_RETRY_PAUSE)
    }

    /// Counts a conflict of `object`.
    pub(crate) fn after_conflict(&self, object: &str) -> AfterConflict {
        let conflicts = self.count(object, |streak| &mut streak.conflicts);
        AfterConflict {
            pause: doubled(MIN_CONFLICT_PAUSE, conflicts).min(MAX_CONFLICT_PAUSE),
            is_reported: conflicts == REPORTED_CONFLICTS,
        }
    }

    /// Forgets the failures and conflicts of `object`.
    pub(crate) fn succeeded(&self, object: &str) {
        self.streaks().remove(object);
    }

    /// Forgets the objects for which `exists` is false.
    pub(crate) fn retain(&self, exists: impl Fn(&str) -> bool) {
        self.streaks().retain(|object, _| exists(object));
    }

    fn count(&self, object: &str, of: impl Fn(&mut Streak) -> &mut u32) -> u32 {
        let mut streaks = self.streaks();
        let count = of(streaks.entry(object.to_owned()).or_default());
        *count = count.saturating_add(1);
        *count
    }

    fn streaks(&self) -> MutexGuard<'_, HashMap<String, Streak>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The pause after the first of `count` is `first`; it doubles with each one.
fn doubled(first: Duration, count: u32) -> Duration {
    first.saturating_mul(1 << count.saturating_sub(1).min(16))
}

#[cfg(test)]
mod tests;
