//! The interface between the writer and the controllers that run in it.

use super::{ObjectChange, Tables, Txn};

/// Work that the server does without a request, such as garbage collection.
///
/// The writer calls it between the requests: it observes the changes of each batch and writes in a
/// later one. So a controller needs no task, no watch and no lease.
pub(crate) trait Controller: std::fmt::Debug + Send {
    /// Drops the queued work and queues what the committed objects still need.
    fn resync(&mut self, tables: &Tables);

    /// Whether the queue is empty.
    fn is_idle(&self) -> bool;

    /// Queues the work that `changes` cause. `tables` does not contain the changes yet.
    fn observe(&mut self, changes: &[ObjectChange], tables: &Tables);

    /// Does up to `max_items` pieces of the queued work.
    fn reconcile(&mut self, txn: &mut Txn<'_>, max_items: usize);
}
