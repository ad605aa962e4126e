//! What changed lately, for watchers and for lists at an earlier resourceVersion.

use std::{collections::VecDeque, sync::Arc};

use super::{Key, Object, Revision};

/// How many changes of one kind are remembered. A watcher that falls further behind starts over (410).
const REMEMBERED: usize = 4096;

/// One committed change of one object.
#[derive(Debug, Clone)]
pub(crate) struct Change {
    /// Which object.
    pub(crate) key: Key,
    /// Its resourceVersion.
    pub(crate) revision: Revision,
    /// The object before; `None` when it was created.
    pub(crate) before: Option<Arc<Object>>,
    /// The object after; for a removal as it was last, with the resourceVersion of the removal.
    pub(crate) after: Arc<Object>,
    /// Whether it is gone.
    pub(crate) removed: bool,
}

/// The latest changes of one kind, oldest first.
#[derive(Debug)]
pub(crate) struct History {
    changes: VecDeque<Change>,
    /// Everything up to here is forgotten.
    forgotten: Revision,
}

impl History {
    /// A history that begins after `start`.
    pub(crate) fn since(start: Revision) -> Self {
        Self { changes: VecDeque::new(), forgotten: start }
    }

    /// Remembers `change`, and forgets the oldest one when there are too many.
    pub(crate) fn push(&mut self, change: Change) {
        self.changes.push_back(change);
        if self.changes.len() > REMEMBERED
            && let Some(oldest) = self.changes.pop_front()
        {
            self.forgotten = oldest.revision;
        }
    }

    /// The resourceVersion up to which everything is forgotten.
    pub(crate) fn forgotten(&self) -> Revision {
        self.forgotten
    }

    /// The changes after `revision`, oldest first; `None` when some of them are forgotten.
    pub(crate) fn after(
        &self,
        revision: Revision,
    ) -> Option<impl DoubleEndedIterator<Item = &Change>> {
        if revision < self.forgotten {
            return None;
        }
        let first = self.changes.partition_point(|change| change.revision <= revision);
        Some(self.changes.range(first..))
    }
}
