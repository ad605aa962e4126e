//! The one thread that changes the store.

use std::{
    sync::{
        Arc, PoisonError, RwLock,
        mpsc::{self, Receiver},
    },
    thread::{self, JoinHandle},
};

use clock::SharedClock;
use tokio::sync::oneshot;

use super::{Tables, Txn};
use crate::error::{ApiError, ApiResult};

/// How many waiting writes share one commit at most.
const BATCH: usize = 512;

/// A write that waits for its turn. It returns how to tell the result.
type Job = Box<dyn FnOnce(&mut Txn<'_>) -> Answer + Send>;

/// Tells the one who wrote: the result, or why the batch could not be made durable.
type Answer = Box<dyn FnOnce(Option<ApiError>) + Send>;

/// The one thread that changes the store; it ends with this handle.
#[derive(Debug)]
pub(super) struct Writer {
    jobs: Option<mpsc::Sender<Job>>,
    thread: Option<JoinHandle<()>>,
}

impl Writer {
    /// Starts the thread.
    pub(super) fn start(tables: Arc<RwLock<Tables>>, clock: SharedClock) -> Self {
        let (jobs, waiting) = mpsc::channel();
        let thread = thread::spawn(move || work(&waiting, &tables, &clock));
        Self { jobs: Some(jobs), thread: Some(thread) }
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
        self.jobs.as_ref().ok_or_else(closed)?.send(job).map_err(|_| closed())
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.jobs = None;
        if let Some(thread) = self.thread.take() {
            // A panic of the writer was already answered to every caller as a closed store.
            let _ = thread.join();
        }
    }
}

fn work(waiting: &Receiver<Job>, tables: &RwLock<Tables>, clock: &SharedClock) {
    while let Ok(first) = waiting.recv() {
        let jobs = std::iter::once(first).chain(waiting.try_iter().take(BATCH - 1));
        let (changes, answers) = {
            let committed = tables.read().unwrap_or_else(PoisonError::into_inner);
            let mut txn = Txn::on(&committed, clock.now());
            let answers: Vec<Answer> = jobs.map(|job| job(&mut txn)).collect();
            (txn.into_changes(), answers)
        };
        if !changes.is_empty() {
            tables.write().unwrap_or_else(PoisonError::into_inner).publish(changes);
        }
        for answer in answers {
            answer(None);
        }
    }
}
