//! Runs batches of writes and publishes what they changed.

use std::sync::{Arc, PoisonError, RwLock};

use clock::World;
use tokio::sync::oneshot;

use super::{Controller, ObjectChange, Tables, Txn, disk::Disk};
use crate::error::{ApiError, ApiResult};

/// A queued write. It runs in a batch and returns the closure that reports its result.
pub(super) type QueuedWrite = Box<dyn FnOnce(&mut Txn<'_>) -> Report + Send>;

/// Sends the result of a write to its caller, or the error of the commit.
type Report = Box<dyn FnOnce(Option<ApiError>) + Send>;

/// The queued form of `write`, which sends its result to `reply`.
pub(super) fn queued<T, F>(write: F, reply: oneshot::Sender<ApiResult<T>>) -> QueuedWrite
where
    T: Send + 'static,
    F: FnOnce(&mut Txn<'_>) -> ApiResult<T> + Send + 'static,
{
    Box::new(move |txn| {
        let savepoint = txn.savepoint();
        let result = write(txn);
        if result.is_err() {
            txn.roll_back_to(savepoint);
        }
        Box::new(move |commit_error| {
            // The caller may have been cancelled. Its write is committed all the same.
            let _ = reply.send(commit_error.map_or(result, Err));
        })
    })
}

/// What a batch needs: the objects, the file and the controllers.
#[derive(Debug)]
pub(super) struct Committer {
    /// The committed objects.
    pub(super) tables: Arc<RwLock<Tables>>,
    /// The file; `None` for a store in memory.
    pub(super) disk: Option<Disk>,
    /// The time of the changes, and the source of uids and generated names.
    pub(super) world: World,
    /// The controllers that observe the changes.
    pub(super) controller: Box<dyn Controller>,
}

impl Committer {
    /// Runs the controllers' first batch, which creates what every cluster has.
    pub(super) fn start(&mut self, max_items: usize) {
        self.controller.resync(&self.tables.read().unwrap_or_else(PoisonError::into_inner));
        self.run_batch(Vec::new(), max_items);
    }

    /// Whether the controllers have no queued work.
    pub(super) fn is_idle(&self) -> bool {
        self.controller.is_idle()
    }

    /// Runs `writes` and then up to `max_items` pieces of the controllers' work, commits all of it,
    /// publishes it and reports the results.
    pub(super) fn run_batch(&mut self, writes: Vec<QueuedWrite>, max_items: usize) {
        let (reports, committed) = self.commit(writes, max_items);
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

    /// Runs `writes` and the controllers in one transaction and commits it to disk.
    fn commit(
        &mut self,
        writes: Vec<QueuedWrite>,
        max_items: usize,
    ) -> (Vec<Report>, ApiResult<Vec<ObjectChange>>) {
        let tables = self.tables.read().unwrap_or_else(PoisonError::into_inner);
        let mut txn = Txn::new(&tables, &self.world);
        let reports = writes.into_iter().map(|write| write(&mut txn)).collect();
        self.controller.reconcile(&mut txn, max_items);
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
