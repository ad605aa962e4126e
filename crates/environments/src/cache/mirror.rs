//! A mirror: the local copy of all objects of one kind.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    fmt::Debug,
    hash::Hash,
    sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard},
};

use kube::{Resource, ResourceExt};
use tokio::sync::{broadcast, watch};

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
/// not have the object, the object is deleted.
#[derive(Debug)]
pub(crate) struct Mirror<K: Mirrored> {
    contents: RwLock<Contents<K>>,
    filled: watch::Sender<bool>,
    changes: broadcast::Sender<ListChange>,
}

#[derive(Debug)]
struct Contents<K: Mirrored> {
    objects: BTreeMap<String, Arc<K>>,
    index: HashMap<K::Key, BTreeSet<String>>,
    /// The highest resourceVersion that the watch has reported.
    watched_version: u64,
    /// The new list, while the watch lists again.
    listing: Option<Listing<K>>,
}

/// An incomplete list, and the answers that arrived since it started.
#[derive(Debug)]
struct Listing<K> {
    listed: Vec<K>,
    written: Vec<K>,
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
        let contents = Contents {
            objects: BTreeMap::new(),
            index: HashMap::new(),
            watched_version: 0,
            listing: None,
        };
        Arc::new(Self {
            contents: RwLock::new(contents),
            filled: watch::Sender::new(false),
            changes,
        })
    }

    /// The object of this name.
    pub(crate) fn get(&self, name: &str) -> Option<Arc<K>> {
        self.read().objects.get(name).cloned()
    }

    /// The objects with this key, sorted by name.
    pub(crate) fn find(&self, key: &K::Key) -> Vec<Arc<K>> {
        let contents = self.read();
        let names = contents.index.get(key).into_iter().flatten();
        names.filter_map(|name| contents.objects.get(name).cloned()).collect()
    }

    /// Every object, sorted by name.
    pub(crate) fn all(&self) -> Vec<Arc<K>> {
        self.read().objects.values().cloned().collect()
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

    /// Stores the object from the answer to a call, unless the watch has reported a newer state.
    pub(crate) fn note(&self, object: &K) {
        let mut object = object.clone();
        object.meta_mut().managed_fields = None;
        let mut contents = self.write();
        if let Some(listing) = &mut contents.listing {
            listing.written.push(object.clone());
        }
        let name = object.name_any();
        if contents.objects.contains_key(&name) || version(&object) > contents.watched_version {
            contents.put(object, &self.changes);
        }
    }

    /// Removes an object that a live read did not find.
    pub(crate) fn forget(&self, name: &str) {
        self.write().take(name, &self.changes);
    }

    /// Applies an event of the watch.
    pub(crate) fn apply(&self, event: MirrorEvent<K>) {
        let mut contents = self.write();
        match event {
            MirrorEvent::ListStarted => {
                contents.listing = Some(Listing { listed: Vec::new(), written: Vec::new() })
            }
            MirrorEvent::Listed(object) => {
                if let Some(listing) = &mut contents.listing {
                    listing.listed.push(object);
                }
            }
            MirrorEvent::ListComplete => {
                contents.replace(&self.changes);
                drop(contents);
                self.filled.send_replace(true);
            }
            MirrorEvent::Changed(object) => {
                contents.watched_version = contents.watched_version.max(version(&object));
                contents.put(object, &self.changes);
            }
            MirrorEvent::Deleted(object) => contents.deleted(&object, &self.changes),
            MirrorEvent::Unreadable(name) => contents.take(&name, &self.changes),
        }
    }

    fn read(&self) -> RwLockReadGuard<'_, Contents<K>> {
        self.contents.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, Contents<K>> {
        self.contents.write().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<K: Mirrored> Contents<K> {
    /// Stores `object` if it is newer than the stored one.
    fn put(&mut self, object: K, changes: &broadcast::Sender<ListChange>) {
        let name = object.name_any();
        if self.objects.get(&name).is_some_and(|known| version(&**known) >= version(&object)) {
            return;
        }
        self.take(&name, changes);
        for key in object.keys() {
            self.index.entry(key).or_default().insert(name.clone());
        }
        publish(changes, &object);
        self.objects.insert(name, Arc::new(object));
    }

    fn take(&mut self, name: &str, changes: &broadcast::Sender<ListChange>) {
        let Some(known) = self.objects.remove(name) else { return };
        for key in known.keys() {
            if let Some(names) = self.index.get_mut(&key) {
                names.remove(name);
                if names.is_empty() {
                    self.index.remove(&key);
                }
            }
        }
        publish(changes, &*known);
        // An error means that there is no receiver.
        let _ = known.change_by_its_end().map(|change| changes.send(change));
    }

    /// Removes a deleted object, but not a newer object of the same name.
    fn deleted(&mut self, object: &K, changes: &broadcast::Sender<ListChange>) {
        self.watched_version = self.watched_version.max(version(object));
        let name = object.name_any();
        if self.objects.get(&name).is_some_and(|known| known.uid() == object.uid()) {
            self.take(&name, changes);
        }
    }

    /// Replaces all objects with the new list and the newer answers that arrived meanwhile.
    fn replace(&mut self, changes: &broadcast::Sender<ListChange>) {
        let Some(Listing { listed, written }) = self.listing.take() else { return };
        self.watched_version = listed.iter().map(version).max().unwrap_or(0);
        let names: BTreeSet<String> = listed.iter().map(ResourceExt::name_any).collect();
        let lost: Vec<String> =
            self.objects.keys().filter(|name| !names.contains(*name)).cloned().collect();
        for name in lost {
            self.take(&name, changes);
        }
        let watched_version = self.watched_version;
        let written = written.into_iter().filter(|object| version(object) > watched_version);
        for object in listed.into_iter().chain(written) {
            self.put(object, changes);
        }
    }
}

fn publish<K: Mirrored>(changes: &broadcast::Sender<ListChange>, object: &K) {
    if let Some(change) = object.change() {
        // An error means that there is no receiver.
        let _ = changes.send(change);
    }
}

/// The resourceVersion as a number, which it is in Kubernetes; 0 for any other text.
fn version<K: Resource>(object: &K) -> u64 {
    object.meta().resource_version.as_deref().and_then(|text| text.parse().ok()).unwrap_or(0)
}

#[cfg(test)]
mod tests;
