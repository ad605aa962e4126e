//! Whether a replica can take part in the election.

use std::{
    fmt::Debug,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use errors::chain;
use tokio::time::Instant;

/// Since when the calls of the election fail. Clones share it.
#[derive(Debug, Clone, Default)]
pub(crate) struct ElectionHealth(Arc<Mutex<Option<Instant>>>);

impl ElectionHealth {
    /// Whether the calls have failed for `limit` without a success.
    pub(crate) fn has_failed_for(&self, limit: Duration) -> bool {
        self.failing_since().is_some_and(|since| since.elapsed() >= limit)
    }

    /// Records that the calls of an attempt were answered.
    pub(super) fn succeeded(&self) {
        if self.failing_since().take().is_some() {
            tracing::info!("takes part in the election again");
        }
    }

    /// Records a failure. The log reports the first one.
    pub(super) fn failed(&self, error: &(dyn std::error::Error + 'static)) {
        let mut since = self.failing_since();
        if since.is_none() {
            *since = Some(Instant::now());
            tracing::warn!("could not read or write the lease: {}", chain(error));
        }
    }

    fn failing_since(&self) -> MutexGuard<'_, Option<Instant>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
