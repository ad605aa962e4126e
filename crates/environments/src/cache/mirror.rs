//! A mirror: the local copy of all objects of one kind.

mod contents;
mod removals;

use std::{
    fmt::Debug,
    hash::Hash,
    sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard},
    time::Duration,
};

use kube::Resource;
use tokio::{
    sync::{broadcast, watch},
    time::timeout,
};

use self::contents::Contents;

use super::list_change::ListChange;

/// A kind that a [`Mirror`] can hold.
pub(crate) trait Mirrored:
    Resource<DynamicType = ()> + Clone + Debug + Send + Sync + 'static
{
    /// The keys of the index, in addition to the name.
    type Key: Clone + Debug + Eq + Hash + Send + Sync;

    /// The keys under which this object is found.
    fn keys(&self) -> Vec<Self::Key>;

    /// Whose list changes with this object.
    fn change(&self) -> Option<ListChange>;

    /// Whose list changes, too, when this object goes or is no longer like this.
    fn change_by_its_end(&self) -> Option<ListChange> {
        None
    }
}

/// The objects of one kind, as reported by the watch and by the answers to the replica's own calls.
///
/// A watch reports the changes of one kind in the order of their resourceVersions. So an answer
/// that arrives late is recognized: if the watch is past the answer's version and the mirror does
/// not have the object, the object is deleted. An object that was removed never comes back; another
/// object of its name has another uid.
///
/// A list is believed, even where it is older than what the mirror has: versions go back when the
/// API server's store is restored from a backup. Only answers to calls during the list may be
/// newer.
#[derive(Debug)]
pub(crate) struct Mirror<K: Mirrored> {
    contents: RwLock<Contents<K>>,
    filled: watch::Sender<bool>,
    /// Counts the events of the watch.
    applied: watch::Sender<u64>,
}

/// An event of a watch.
#[derive(Debug)]
pub(crate) enum MirrorEvent<K> {
    /// A new list starts.
    ListStarted,
    /// An object of the new list.
    Listed(K),
    /// The new list is complete.
    ListComplete,
    /// The object was created or changed.
    Changed(K),
    /// The object was deleted.
    Deleted(K),
    /// The object of this name cannot be deserialized.
    Unreadable(String),
}

impl<K: Mirrored> Mirror<K> {
    pub(crate) fn new(changes: broadcast::Sender<ListChange>) -> Arc<Self> {
        let contents = RwLock::new(Contents::new(changes));
        let (filled, applied) = (watch::Sender::new(false), watch::Sender::new(0));
        Arc::new(Self { contents, filled, applied })
    }

    /// The object of this name.
    pub(crate) fn get(&self, name: &str) -> Option<Arc<K>> {
        self.read().get(name)
    }

    /// The objects with this key, sorted by name.
    pub(crate) fn find(&self, key: &K::Key) -> Vec<Arc<K>> {
        self.read().find(key)
    }

    /// Every object, sorted by name.
    pub(crate) fn all(&self) -> Vec<Arc<K>> {
        self.read().all()
    }

    /// Whether the first list is complete.
    pub(crate) fn is_filled(&self) -> bool {
        *self.filled.borrow()
    }

    /// Waits until the first list is complete.
    pub(crate) async fn filled(&self) {
        let mut filled = self.filled.subscribe();
        // An error means that the sender is dropped, but the mirror owns it.
        let _ = filled.wait_for(|done| *done).await;
    }

    /// Waits until `find` finds something in the mirror, at most for `limit`.
    pub(crate) async fn until<T>(
        &self,
        limit: Duration,
        find: impl Fn(&Self) -> Option<T>,
    ) -> Option<T> {
        let mut applied = self.applied.subscribe();
        let found = async {
            loop {
                applied.mark_unchanged();
                if let Some(found) = find(self) {
                    return Some(found);
                }
                applied.changed().await.ok()?;
            }
        };
        timeout(limit, found).await.ok()?
    }

    /// Stores the object from the answer to a call, unless the watch has reported a newer state.
    pub(crate) fn note(&self, object: &K) {
        let mut object = object.clone();
        object.meta_mut().managed_fields = None;
        self.write().note(object);
    }

    /// Removes an object that does not exist any more: `seen` is what the mirror had before a live
    /// read that did not find it. A newer object of the same name, created while the answer was
    /// under way, stays.
    pub(crate) fn forget(&self, seen: &K) {
        self.write().forget(seen);
    }

    /// Applies an event of the watch.
    pub(crate) fn apply(&self, event: MirrorEvent<K>) {
        let is_list = matches!(event, MirrorEvent::ListComplete);
        let mut contents = self.write();
        match event {
            MirrorEvent::ListStarted => contents.start_list(),
            MirrorEvent::Listed(object) => contents.listed(object),
            MirrorEvent::ListComplete => contents.complete_list(),
            MirrorEvent::Changed(object) => contents.changed(object),
            MirrorEvent::Deleted(object) => contents.deleted(&object),
            MirrorEvent::Unreadable(name) => contents.take(&name),
        }
        drop(contents);
        if is_list {
            self.filled.send_replace(true);
        }
        self.applied.send_modify(|events| *events += 1);
    }

    fn read(&self) -> RwLockReadGuard<'_, Contents<K>> {
        self.contents.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, Contents<K>> {
        self.contents.write().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests;
