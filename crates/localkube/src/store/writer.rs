//! The thread that writes to the store.

use std::{
    sync::{
        Arc, Mutex, PoisonError, RwLock,
        mpsc::{self, Receiver},
    },
    thread::{self, JoinHandle},
};

use clock::SharedClock;
use tokio::sync::oneshot;

use super::{Controller, ObjectChange, Tables, Txn, disk::Disk};
use crate::error::{ApiError, ApiResult};

/// The number of queued writes that share one commit.
const MAX_WRITES_PER_BATCH: usize = 512;

/// A queued write. It runs in the writer thread and returns the closure that reports its result.
type QueuedWrite = Box<dyn FnOnce(&mut Txn<'_>) -> Report + Send>;

/// Sends the result of a write to its caller, or the error of the commit.
type Report = Box<dyn FnOnce(Option<ApiError>) + Send>;

/// Owns the writer thread, and stops it when dropped.
#[derive(Debug)]
pub(super) struct Writer(Mutex<Option<Running>>);

/// The handles of a thread that has not been stopped.
#[derive(Debug)]
struct Running {
    queue: mpsc::Sender<QueuedWrite>,
    thread: JoinHandle<()>,
}

impl Writer {
    /// Starts the thread, after one batch in which the controller creates what every cluster has.
    pub(super) fn start(
        tables: Arc<RwLock<Tables>>,
        disk: Option<Disk>,
        clock: SharedClock,
        mut controller: Box<dyn Controller>,
    ) -> Self {
        let (queue, queued) = mpsc::channel();
        controller.resync(&tables.read().unwrap_or_else(PoisonError::into_inner));
        let mut state = State { queued, tables, disk, clock, controller };
        state.run_batch(Vec::new());
        let thread = thread::spawn(move || state.run());
        Self(Mutex::new(Some(Running { queue, thread })))
    }

    /// Queues `write` and sends its result to `reply`.
    pub(super) fn submit<T, F>(
        &self,
        write: F,
        reply: oneshot::Sender<ApiResult<T>>,
    ) -> ApiResult<()>
    where
        T: Send + 'static,
        F: FnOnce(&mut Txn<'_>) -> ApiResult<T> + Send + 'static,
    {
        let queued: QueuedWrite = Box::new(move |txn| {
            let savepoint = txn.savepoint();
            let result = write(txn);
            if result.is_err() {
                txn.roll_back_to(savepoint);
            }
            Box::new(move |commit_error| {
                // The caller may have been cancelled. Its write is committed all the same.
                let _ = reply.send(commit_error.map_or(result, Err));
            })
        });
        let closed = || ApiError::internal("the store is closed");
        let running = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        running.as_ref().ok_or_else(closed)?.queue.send(queued).map_err(|_| closed())
    }

    /// Commits the queued writes and stops the thread.
    pub(super) fn close(&self) {
        let running = self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(Running { queue, thread }) = running {
            drop(queue);
            // After a panic of the thread every caller has already got "the store is closed".
            let _ = thread.join();
        }
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.close();
    }
}

/// The state of the writer thread.
struct State {
    queued: Receiver<QueuedWrite>,
    tables: Arc<RwLock<Tables>>,
    disk: Option<Disk>,
    clock: SharedClock,
    controller: Box<dyn Controller>,
}

impl State {
    fn run(&mut self) {
        while let Some(writes) = self.next_batch() {
            self.run_batch(writes);
        }
    }

    /// Takes the queued writes; blocks only when the controller is idle. `None` once the writer is
    /// closed.
    fn next_batch(&self) -> Option<Vec<QueuedWrite>> {
        let first = match self.controller.is_idle() {
            true => Some(self.queued.recv().ok()?),
            false => None,
        };
        Some(first.into_iter().chain(self.queued.try_iter().take(MAX_WRITES_PER_BATCH)).collect())
    }

    fn run_batch(&mut self, writes: Vec<QueuedWrite>) {
        let (reports, committed) = self.commit(writes);
        let commit_error = match committed {
            Ok(changes) if changes.is_empty() => None,
            Ok(changes) => {
                let mut tables = self.tables.write().unwrap_or_else(PoisonError::into_inner);
                self.controller.observe(&changes, &tables);
                tables.publish(changes);
                None
            }
            Err(error) => {
                // The controller's own writes are lost too, so it starts again.
                let tables = self.tables.read().unwrap_or_else(PoisonError::into_inner);
                self.controller.resync(&tables);
                Some(error)
            }
        };
        for report in reports {
            report(commit_error.clone());
        }
    }

    /// Runs `writes` and the controller in one transaction and commits it to disk.
    fn commit(&mut self, writes: Vec<QueuedWrite>) -> (Vec<Report>, ApiResult<Vec<ObjectChange>>) {
        let tables = self.tables.read().unwrap_or_else(PoisonError::into_inner);
        let mut txn = Txn::new(&tables, self.clock.now());
        let reports = writes.into_iter().map(|write| write(&mut txn)).collect();
        self.controller.reconcile(&mut txn);
        let changes = txn.into_changes();
        let stored = match &mut self.disk {
            Some(disk) if !changes.is_empty() => disk.commit(&changes, &tables),
            _ => Ok(()),
        };
        let committed = stored.map(|()| changes).map_err(|error| {
            tracing::error!(%error, "could not commit to disk");
            ApiError::internal(format!("could not make the change durable: {error}"))
        });
        (reports, committed)
    }
}
