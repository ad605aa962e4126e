//! Where the writes run: in a thread of their own or, in a simulation, in the caller.

use std::{
    sync::{
        Arc, Mutex, PoisonError,
        mpsc::{self, Receiver},
    },
    thread::{self, JoinHandle},
};

use super::{
    chores::Inline,
    committer::{Committer, QueuedWrite},
};
use crate::error::{ApiError, ApiResult};

/// The number of queued writes that share one commit.
const MAX_WRITES_PER_BATCH: usize = 512;

/// The number of the controllers' work items that share a batch with queued writes.
pub(super) const MAX_ITEMS_PER_BATCH: usize = 256;

/// Runs the queued writes in order.
#[derive(Debug)]
pub(super) enum Writer {
    /// In a thread, in batches that share one commit.
    Thread(WriterThread),
    /// In the caller, one at a time.
    Caller(Arc<Inline>),
}

impl Writer {
    /// Runs `write`, or queues it for the thread.
    ///
    /// # Errors
    /// The writer is closed.
    pub(super) fn submit(&self, write: QueuedWrite) -> ApiResult<()> {
        let accepted = match self {
            Self::Thread(thread) => thread.submit(write),
            Self::Caller(inline) => inline.run(vec![write], 0),
        };
        accepted.ok_or_else(|| ApiError::internal("the store is closed"))
    }

    /// Commits the queued writes. Later writes fail.
    pub(super) fn close(&self) {
        match self {
            Self::Thread(thread) => thread.close(),
            Self::Caller(inline) => inline.close(),
        }
    }
}

/// Owns the writer thread, and stops it when dropped.
#[derive(Debug)]
pub(super) struct WriterThread(Mutex<Option<Running>>);

/// The handles of a thread that has not been stopped.
#[derive(Debug)]
struct Running {
    queue: mpsc::Sender<QueuedWrite>,
    thread: JoinHandle<()>,
}

impl WriterThread {
    /// Starts the thread, after the controllers' first batch.
    pub(super) fn start(mut committer: Committer) -> Self {
        committer.start(MAX_ITEMS_PER_BATCH);
        let (queue, queued) = mpsc::channel();
        let thread = thread::spawn(move || run(&mut committer, &queued));
        Self(Mutex::new(Some(Running { queue, thread })))
    }

    /// Queues `write`; `None` if the thread is stopped.
    fn submit(&self, write: QueuedWrite) -> Option<()> {
        let running = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        running.as_ref()?.queue.send(write).ok()
    }

    /// Commits the queued writes and stops the thread.
    fn close(&self) {
        let running = self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(Running { queue, thread }) = running {
            drop(queue);
            // After a panic of the thread every caller has already got "the store is closed".
            let _ = thread.join();
        }
    }
}

impl Drop for WriterThread {
    fn drop(&mut self) {
        self.close();
    }
}

fn run(committer: &mut Committer, queued: &Receiver<QueuedWrite>) {
    while let Some(writes) = next_batch(committer.is_idle(), queued) {
        committer.run_batch(writes, MAX_ITEMS_PER_BATCH);
    }
}

/// Takes the queued writes; blocks only when the controllers are idle. `None` once the writer is
/// closed.
fn next_batch(is_idle: bool, queued: &Receiver<QueuedWrite>) -> Option<Vec<QueuedWrite>> {
    let first = match is_idle {
        true => Some(queued.recv().ok()?),
        false => None,
    };
    Some(first.into_iter().chain(queued.try_iter().take(MAX_WRITES_PER_BATCH)).collect())
}
