//! The writer of a simulated server, and the steps of its controllers.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use tokio::sync::Notify;

use super::{
    committer::{Committer, QueuedWrite},
    writer::MAX_ITEMS_PER_BATCH,
};

/// Runs writes in the caller. The controllers wait for [`Chores`].
#[derive(Debug)]
pub(super) struct Inline {
    /// `None` once the server is closed.
    committer: Mutex<Option<Committer>>,
    /// Is notified when the controllers have work.
    work: Notify,
}

impl Inline {
    /// A writer, after the controllers' first batch.
    pub(super) fn start(mut committer: Committer) -> Arc<Self> {
        committer.start(MAX_ITEMS_PER_BATCH);
        Arc::new(Self { committer: Mutex::new(Some(committer)), work: Notify::new() })
    }

    /// Runs one batch; `None` if the server is closed.
    pub(super) fn run(&self, writes: Vec<QueuedWrite>, max_items: usize) -> Option<()> {
        let mut committer = self.committer.lock().unwrap_or_else(PoisonError::into_inner);
        let committer = committer.as_mut()?;
        committer.run_batch(writes, max_items);
        if !committer.is_idle() {
            self.work.notify_one();
        }
        Some(())
    }

    /// Lets later writes fail.
    pub(super) fn close(&self) {
        *self.committer.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    fn is_idle(&self) -> bool {
        let committer = self.committer.lock().unwrap_or_else(PoisonError::into_inner);
        committer.as_ref().is_none_or(Committer::is_idle)
    }
}

/// The background work of a simulated server: garbage collection, the contents of terminating
/// namespaces and definitions. It happens only when the simulation asks for it.
#[derive(Debug, Clone)]
pub struct Chores(Arc<Inline>);

impl Chores {
    /// The chores of `writer`.
    pub(super) fn of(writer: Arc<Inline>) -> Self {
        Self(writer)
    }

    /// Whether no work is queued.
    #[must_use]
    pub fn is_idle(&self) -> bool {
        self.0.is_idle()
    }

    /// Does up to `max_items` pieces of the queued work in one transaction. Returns whether some
    /// work is left; the work may have caused more.
    pub fn step(&self, max_items: usize) -> bool {
        self.0.run(Vec::new(), max_items);
        !self.is_idle()
    }

    /// Does the work as it comes, for ever: sleeps for `delay()`, in tokio's time, before each step
    /// of up to `max_items` pieces. The delay is the time for which a namespace stays terminating.
    pub async fn run(&self, max_items: usize, mut delay: impl FnMut() -> Duration + Send) {
        loop {
            if self.is_idle() {
                self.0.work.notified().await;
            }
            tokio::time::sleep(delay()).await;
            self.step(max_items);
        }
    }
}
