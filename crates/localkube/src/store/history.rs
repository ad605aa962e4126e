//! The recent changes of a table, for watches and for lists at an older resourceVersion.

use std::{collections::VecDeque, sync::Arc};

use super::{
    key::Key,
    object::{Object, Revision},
};

/// The number of changes that are kept per table. A watch that is further behind fails with 410.
pub(super) const MAX_CHANGES: usize = 4096;

/// One committed change of one object.
#[derive(Debug, Clone)]
pub(crate) struct ObjectChange {
    /// The key of the object.
    pub(crate) key: Key,
    /// The resourceVersion of the change.
    pub(crate) revision: Revision,
    /// The object before the change; `None` for a creation.
    pub(crate) before: Option<Arc<Object>>,
    /// The object after the change. For a removal, its last state with the resourceVersion of the
    /// removal.
    pub(crate) after: Arc<Object>,
    /// Whether the change removed the object.
    pub(crate) removed: bool,
}

/// The recent changes of one table, oldest first.
#[derive(Debug)]
pub(crate) struct History {
    changes: VecDeque<ObjectChange>,
    /// Changes up to this resourceVersion are no longer kept.
    dropped_up_to: Revision,
    /// The number of changes that are kept.
    max_changes: usize,
}

impl History {
    /// An empty history of the changes after `start`, which keeps the last `max_changes`.
    pub(crate) fn since(start: Revision, max_changes: usize) -> Self {
        Self { changes: VecDeque::new(), dropped_up_to: start, max_changes }
    }

    /// Drops all changes. A watch that has not seen the last of them fails with 410.
    pub(super) fn compact(&mut self) {
        if let Some(latest) = self.changes.back() {
            self.dropped_up_to = latest.revision;
            self.changes.clear();
        }
    }

    /// Adds `change`, and drops the oldest one when there are too many.
    pub(crate) fn push(&mut self, change: ObjectChange) {
        self.changes.push_back(change);
        if self.changes.len() > self.max_changes
            && let Some(oldest) = self.changes.pop_front()
        {
            self.dropped_up_to = oldest.revision;
        }
    }

    /// Changes up to this resourceVersion are no longer kept.
    pub(crate) fn dropped_up_to(&self) -> Revision {
        self.dropped_up_to
    }

    /// The changes after `revision`, oldest first; `None` when some of them are no longer kept.
    pub(crate) fn after(
        &self,
        revision: Revision,
    ) -> Option<impl DoubleEndedIterator<Item = &ObjectChange>> {
        if revision < self.dropped_up_to {
            return None;
        }
        let first = self.changes.partition_point(|change| change.revision <= revision);
        Some(self.changes.range(first..))
    }
}
