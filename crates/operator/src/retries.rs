//! The pauses before an object is reconciled again after a failure.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

/// The pause after the first failure.
const MIN_RETRY_PAUSE: Duration = Duration::from_millis(200);
/// The longest pause.
const MAX_RETRY_PAUSE: Duration = Duration::from_secs(60);

/// How often each object failed in a row.
#[derive(Debug, Default)]
pub(crate) struct Retries(Mutex<HashMap<String, u32>>);

impl Retries {
    /// Counts a failure of `object`. Returns the pause before the next attempt.
    pub(crate) fn after_failure(&self, object: &str) -> Duration {
        let mut failures = self.failures();
        let count = failures.entry(object.to_owned()).or_default();
        let pause = MIN_RETRY_PAUSE.saturating_mul(1 << (*count).min(16)).min(MAX_RETRY_PAUSE);
        *count += 1;
        pause
    }

    /// Forgets the failures of `object`.
    pub(crate) fn succeeded(&self, object: &str) {
        self.failures().remove(object);
    }

    /// Forgets the objects for which `exists` is false.
    pub(crate) fn retain(&self, exists: impl Fn(&str) -> bool) {
        self.failures().retain(|object, _| exists(object));
    }

    fn failures(&self) -> MutexGuard<'_, HashMap<String, u32>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
