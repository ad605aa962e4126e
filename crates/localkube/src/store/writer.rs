//! The one thread that changes the store.

use std::{
    sync::{
        Arc, Mutex, PoisonError, RwLock,
        mpsc::{self, Receiver},
    },
    thread::{self, JoinHandle},
};

use clock::SharedClock;
use tokio::sync::oneshot;

use super::{Change, Tables, Txn, disk::Disk};
use crate::{
    controllers::Chores,
    error::{ApiError, ApiResult},
};

/// How many waiting writes share one commit at most.
const BATCH: usize = 512;

/// A write that waits for its turn. It returns how to tell the result.
type Job = Box<dyn FnOnce(&mut Txn<'_>) -> Answer + Send>;

/// Tells the one who wrote: the result, or why the batch could not be made durable.
type Answer = Box<dyn FnOnce(Option<ApiError>) + Send>;

/// The one thread that changes the store; it ends with this handle.
#[derive(Debug)]
pub(super) struct Writer(Mutex<Option<Running>>);

/// The thread, until it is told to end.
#[derive(Debug)]
struct Running {
    jobs: mpsc::Sender<Job>,
    thread: JoinHandle<()>,
}

impl Writer {
    /// Starts the thread.
    pub(super) fn start(
        tables: Arc<RwLock<Tables>>,
        disk: Option<Disk>,
        clock: SharedClock,
    ) -> Self {
        let (jobs, waiting) = mpsc::channel();
        let chores = Chores::at_start(&tables.read().unwrap_or_else(PoisonError::into_inner));
        let mut work = Work { waiting, tables, disk, clock, chores };
        // What every cluster has is there before anyone can ask for it.
        work.batch(Vec::new());
        let thread = thread::spawn(move || work.run());
        Self(Mutex::new(Some(Running { jobs, thread })))
    }

    /// Queues `write`; its result goes to `tell`.
    pub(super) fn submit<T, F>(
        &self,
        write: F,
        tell: oneshot::Sender<ApiResult<T>>,
    ) -> ApiResult<()>
    where
        T: Send + 'static,
        F: FnOnce(&mut Txn<'_>) -> ApiResult<T> + Send + 'static,
    {
        let job: Job = Box::new(move |txn| {
            let mark = txn.mark();
            let result = write(txn);
            if result.is_err() {
                txn.undo_to(mark);
            }
            Box::new(move |failure| {
                // Nobody listens when the caller gave up; the write stands all the same.
                let _ = tell.send(failure.map_or(result, Err));
            })
        });
        let closed = || ApiError::internal("the store is closed");
        let running = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        running.as_ref().ok_or_else(closed)?.jobs.send(job).map_err(|_| closed())
    }

    /// Finishes what was submitted and ends the thread.
    pub(super) fn close(&self) {
        let running = self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(Running { jobs, thread }) = running {
            drop(jobs);
            // A panic of the writer was already answered to every caller as a closed store.
            let _ = thread.join();
        }
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.close();
    }
}

/// What the thread works with.
struct Work {
    waiting: Receiver<Job>,
    tables: Arc<RwLock<Tables>>,
    disk: Option<Disk>,
    clock: SharedClock,
    chores: Chores,
}

impl Work {
    fn run(&mut self) {
        while let Some(jobs) = self.next() {
            self.batch(jobs);
        }
    }

    /// The jobs of the next batch, none when there are only chores; `None` when the store is closed.
    fn next(&self) -> Option<Vec<Job>> {
        let first = match self.chores.is_empty() {
            true => Some(self.waiting.recv().ok()?),
            false => None,
        };
        Some(first.into_iter().chain(self.waiting.try_iter().take(BATCH)).collect())
    }

    fn batch(&mut self, jobs: Vec<Job>) {
        let (answers, done) = self.carry_out(jobs);
        let failure = match done {
            Ok(changes) if changes.is_empty() => None,
            Ok(changes) => {
                let mut tables = self.tables.write().unwrap_or_else(PoisonError::into_inner);
                self.chores.notice(&changes, &tables);
                tables.publish(changes);
                None
            }
            Err(error) => {
                // The chores of the batch are undone too: begin them anew.
                self.chores =
                    Chores::at_start(&self.tables.read().unwrap_or_else(PoisonError::into_inner));
                Some(error)
            }
        };
        for answer in answers {
            answer(failure.clone());
        }
    }

    fn carry_out(&mut self, jobs: Vec<Job>) -> (Vec<Answer>, ApiResult<Vec<Change>>) {
        let committed = self.tables.read().unwrap_or_else(PoisonError::into_inner);
        let mut txn = Txn::on(&committed, self.clock.now());
        let answers = jobs.into_iter().map(|job| job(&mut txn)).collect();
        self.chores.carry_out(&mut txn);
        let changes = txn.into_changes();
        let durable = match &mut self.disk {
            Some(disk) if !changes.is_empty() => disk.commit(&changes, &committed),
            _ => Ok(()),
        };
        let done = durable.map(|()| changes).map_err(|error| {
            tracing::error!(%error, "could not make a change durable");
            ApiError::internal(format!("could not make the change durable: {error}"))
        });
        (answers, done)
    }
}
