//! Keeps the objects: reads from memory, writes one after the other through a single writer.
//!
//! A write is a closure over a [`Txn`]. The writer collects those that wait, runs them in order, makes the whole batch
//! durable with one commit, and only then shows it to readers and watchers. So a resourceVersion that anyone has seen
//! survives a crash, watchers see changes in the order of their resourceVersions, and a hundred concurrent writes share
//! one fsync.

mod disk;
mod history;
mod key;
mod object;
mod tables;
mod txn;
mod writer;

use std::{
    path::Path,
    sync::{Arc, PoisonError, RwLock, RwLockReadGuard},
};

use clock::SharedClock;
use jiff::Timestamp;
use tokio::sync::watch;

use self::{disk::Disk, writer::Writer};
pub(crate) use self::{
    history::Change,
    key::Key,
    object::{Object, Revision},
    tables::{DEFINITIONS, NAMESPACES, Table, Tables},
    txn::Txn,
};
use crate::{
    OpenError,
    error::{ApiError, ApiResult},
};

/// The objects and the one way to change them.
#[derive(Debug)]
pub(crate) struct Store {
    tables: Arc<RwLock<Tables>>,
    writer: Writer,
    clock: SharedClock,
}

impl Store {
    /// An empty store that forgets everything with the process.
    pub(crate) fn in_memory(clock: SharedClock) -> Self {
        Self::start(Tables::empty(), None, clock)
    }

    /// A store that keeps everything under `dir`.
    pub(crate) fn open(dir: &Path, clock: SharedClock) -> Result<Self, OpenError> {
        let (disk, loaded) = Disk::open(dir)?;
        Ok(Self::start(Tables::load(loaded.objects, loaded.revision), Some(disk), clock))
    }

    fn start(tables: Tables, disk: Option<Disk>, clock: SharedClock) -> Self {
        let tables = Arc::new(RwLock::new(tables));
        let writer = Writer::start(Arc::clone(&tables), disk, Arc::clone(&clock));
        Self { tables, writer, clock }
    }

    /// Finishes what was submitted and lets go of the data directory; later writes are refused.
    pub(crate) fn close(&self) {
        self.writer.close();
    }

    /// The present time.
    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// The committed objects. Hold it briefly and never across an await: the writer waits for it.
    pub(crate) fn read(&self) -> RwLockReadGuard<'_, Tables> {
        self.tables.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Tells when `table` changes, from the returned resourceVersion on.
    pub(crate) fn subscribe(&self, table: &Arc<str>) -> (watch::Receiver<Revision>, Revision) {
        let mut tables = self.tables.write().unwrap_or_else(PoisonError::into_inner);
        let revision = tables.revision();
        (tables.open(table).subscribe(), revision)
    }

    /// Runs `write` alone, and returns what it returns once that is durable. An error changes nothing.
    pub(crate) async fn write<T, F>(&self, write: F) -> ApiResult<T>
    where
        T: Send + 'static,
        F: FnOnce(&mut Txn<'_>) -> ApiResult<T> + Send + 'static,
    {
        let (tell, told) = tokio::sync::oneshot::channel();
        self.writer.submit(write, tell)?;
        told.await.unwrap_or_else(|_| Err(ApiError::internal("the store is closed")))
    }
}
