//! The objects: reads come from memory, all writes go through one writer.
//!
//! A write is a closure over a [`Txn`]. The writer runs the queued writes in order, commits the
//! whole batch to disk with one fsync, and only then publishes it to readers and watchers.
//! Therefore a published resourceVersion survives a crash, watchers see changes in the order of
//! their resourceVersions, and concurrent writes share one fsync.
//!
//! The writer is a thread. In a simulation it is the caller, so that one thread runs everything.

mod chores;
mod committer;
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

use clock::World;
use jiff::Timestamp;
use tokio::sync::{Notify, oneshot};

pub use self::{chores::Chores, open_error::OpenError};
use self::{
    chores::Inline,
    committer::{Committer, queued},
    disk::Disk,
    writer::{Writer, WriterThread},
};
pub(crate) use self::{
    controller::Controller,
    history::ObjectChange,
    key::Key,
    object::{Object, Revision},
    tables::{DEFINITIONS, NAMESPACES, Table, Tables},
    txn::Txn,
};
use crate::error::{ApiError, ApiResult};

/// The objects, with methods to read, watch and write them.
#[derive(Debug)]
pub(crate) struct Store {
    tables: Arc<RwLock<Tables>>,
    writer: Writer,
    world: World,
}

impl Store {
    /// An empty store without a file.
    pub(crate) fn in_memory(world: World, controller: Box<dyn Controller>) -> Self {
        Self::with_thread(committer(Tables::empty(), None, world, controller))
    }

    /// An empty store without a file or a thread, whose histories keep `max_changes` changes per
    /// table; and the work of its controllers.
    pub(crate) fn simulated(
        world: World,
        controller: Box<dyn Controller>,
        max_changes: usize,
    ) -> (Self, Chores) {
        let tables = Tables::with_history_of(max_changes);
        let committer = committer(tables, None, world.clone(), controller);
        let tables = Arc::clone(&committer.tables);
        let inline = Inline::start(committer);
        let writer = Writer::Caller(Arc::clone(&inline));
        (Self { tables, writer, world }, Chores::of(inline))
    }

    /// A store whose file is in `dir`.
    pub(crate) fn open(
        dir: &Path,
        world: World,
        controller: Box<dyn Controller>,
    ) -> Result<Self, OpenError> {
        let (disk, loaded) = Disk::open(dir)?;
        let tables = Tables::load(loaded.objects, loaded.revision);
        Ok(Self::with_thread(committer(tables, Some(disk), world, controller)))
    }

    fn with_thread(committer: Committer) -> Self {
        let (tables, world) = (Arc::clone(&committer.tables), committer.world.clone());
        Self { tables, writer: Writer::Thread(WriterThread::start(committer)), world }
    }

    /// Drops the histories of all tables.
    pub(crate) fn compact(&self) {
        self.tables.write().unwrap_or_else(PoisonError::into_inner).compact();
    }

    /// Commits the queued writes and closes the file. Later writes fail, later reads succeed.
    pub(crate) fn close(&self) {
        self.writer.close();
    }

    /// The clock and the randomness of the server.
    pub(crate) const fn world(&self) -> &World {
        &self.world
    }

    /// The current time.
    pub(crate) fn now(&self) -> Timestamp {
        self.world.now()
    }

    /// The committed objects. The guard blocks the writer: never hold it across an await.
    pub(crate) fn read(&self) -> RwLockReadGuard<'_, Tables> {
        self.tables.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notifies about the changes of `table`, and the resourceVersion that it starts after.
    pub(crate) fn subscribe(&self, table: &Arc<str>) -> (Arc<Notify>, Revision) {
        let mut tables = self.tables.write().unwrap_or_else(PoisonError::into_inner);
        let revision = tables.revision();
        (tables.table_mut(table).changed(), revision)
    }

    /// Runs `write` in the writer and returns its result once it is committed.
    ///
    /// # Errors
    /// The error of `write`, whose changes are then rolled back, or a 500 when the commit failed.
    pub(crate) async fn write<T, F>(&self, write: F) -> ApiResult<T>
    where
        T: Send + 'static,
        F: FnOnce(&mut Txn<'_>) -> ApiResult<T> + Send + 'static,
    {
        let (reply, result) = oneshot::channel();
        self.writer.submit(queued(write, reply))?;
        result.await.unwrap_or_else(|_| Err(ApiError::internal("the store is closed")))
    }
}

fn committer(
    tables: Tables,
    disk: Option<Disk>,
    world: World,
    controller: Box<dyn Controller>,
) -> Committer {
    Committer { tables: Arc::new(RwLock::new(tables)), disk, world, controller }
}
