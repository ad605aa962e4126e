//! The objects: reads come from memory, all writes go through one writer thread.
//!
//! A write is a closure over a [`Txn`]. The writer runs the queued writes in order, commits the
//! whole batch to disk with one fsync, and only then publishes it to readers and watchers.
//! Therefore a published resourceVersion survives a crash, watchers see changes in the order of
//! their resourceVersions, and concurrent writes share one fsync.

mod controller;
mod disk;
mod history;
mod key;
mod object;
mod open_error;
mod tables;
mod txn;
mod writer;

use std::{
    path::Path,
    sync::{Arc, PoisonError, RwLock, RwLockReadGuard},
};

use clock::SharedClock;
use jiff::Timestamp;
use tokio::sync::{oneshot, watch};

pub use self::open_error::OpenError;
pub(crate) use self::{
    controller::Controller,
    history::ObjectChange,
    key::Key,
    object::{Object, Revision},
    tables::{DEFINITIONS, NAMESPACES, Table, Tables},
    txn::Txn,
};
use self::{disk::Disk, writer::Writer};
use crate::error::{ApiError, ApiResult};

/// The objects, with methods to read, watch and write them.
#[derive(Debug)]
pub(crate) struct Store {
    tables: Arc<RwLock<Tables>>,
    writer: Writer,
    clock: SharedClock,
}

impl Store {
    /// An empty store without a file.
    pub(crate) fn in_memory(clock: SharedClock, controller: Box<dyn Controller>) -> Self {
        Self::start(Tables::empty(), None, clock, controller)
    }

    /// A store whose file is in `dir`.
    pub(crate) fn open(
        dir: &Path,
        clock: SharedClock,
        controller: Box<dyn Controller>,
    ) -> Result<Self, OpenError> {
        let (disk, loaded) = Disk::open(dir)?;
        let tables = Tables::load(loaded.objects, loaded.revision);
        Ok(Self::start(tables, Some(disk), clock, controller))
    }

    fn start(
        tables: Tables,
        disk: Option<Disk>,
        clock: SharedClock,
        controller: Box<dyn Controller>,
    ) -> Self {
        let tables = Arc::new(RwLock::new(tables));
        let writer = Writer::start(Arc::clone(&tables), disk, Arc::clone(&clock), controller);
        Self { tables, writer, clock }
    }

    /// Commits the queued writes and closes the file. Later writes fail, later reads succeed.
    pub(crate) fn close(&self) {
        self.writer.close();
    }

    /// The current time.
    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// The committed objects. The guard blocks the writer: never hold it across an await.
    pub(crate) fn read(&self) -> RwLockReadGuard<'_, Tables> {
        self.tables.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// A receiver that is notified when `table` changes, and the resourceVersion it starts after.
    pub(crate) fn subscribe(&self, table: &Arc<str>) -> (watch::Receiver<Revision>, Revision) {
        let mut tables = self.tables.write().unwrap_or_else(PoisonError::into_inner);
        let revision = tables.revision();
        (tables.table_mut(table).subscribe(), revision)
    }

    /// Runs `write` in the writer thread and returns its result once it is committed.
    ///
    /// # Errors
    /// The error of `write`, whose changes are then rolled back, or a 500 when the commit failed.
    pub(crate) async fn write<T, F>(&self, write: F) -> ApiResult<T>
    where
        T: Send + 'static,
        F: FnOnce(&mut Txn<'_>) -> ApiResult<T> + Send + 'static,
    {
        let (reply, result) = oneshot::channel();
        self.writer.submit(write, reply)?;
        result.await.unwrap_or_else(|_| Err(ApiError::internal("the store is closed")))
    }
}
