//! Deletes unused sources in the background, once for a crowd of withdrawals.

use std::{
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use errors::chain;
use tokio::{task::AbortHandle, time::sleep};

use super::sources::prune;
use crate::upstream::Upstream;

/// For how long withdrawals are gathered before the unused sources are looked for.
const GATHER_WINDOW: Duration = Duration::from_millis(500);

/// Deletes unused sources when it is asked to.
pub(super) struct Pruning {
    upstream: Upstream,
    /// Whether a run gathers withdrawals. One that comes later needs a run of its own.
    is_gathering: Arc<AtomicBool>,
    last: Mutex<Option<AbortHandle>>,
}

impl Pruning {
    pub(super) fn new(upstream: Upstream) -> Self {
        Self { upstream, is_gathering: Arc::default(), last: Mutex::default() }
    }

    /// Deletes the sources that no release uses, soon. What a failure leaves is a leftover, which
    /// the operator's sweep finds.
    pub(super) fn request(&self) {
        if self.is_gathering.swap(true, Ordering::SeqCst) {
            return;
        }
        let (upstream, is_gathering) = (self.upstream.clone(), Arc::clone(&self.is_gathering));
        let run = tokio::spawn(async move {
            sleep(GATHER_WINDOW).await;
            is_gathering.store(false, Ordering::SeqCst);
            if let Err(error) = prune(&upstream).await {
                tracing::warn!("could not delete unused sources: {}", chain(&error));
            }
        });
        *self.last() = Some(run.abort_handle());
    }

    /// Ends the run that gathers or deletes.
    pub(super) fn end(&self) {
        if let Some(run) = self.last().take() {
            run.abort();
        }
    }

    fn last(&self) -> MutexGuard<'_, Option<AbortHandle>> {
        self.last.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
