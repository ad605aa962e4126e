use std::{
    collections::{BTreeSet, HashMap},
    fmt::Debug,
    hash::Hash,
    sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard},
};

use kube::{Resource, ResourceExt};
use tokio::sync::{broadcast, watch};

use super::Change;

/// A kind that a [`Mirror`] can keep.
pub(crate) trait Mirrored:
    Resource<DynamicType = ()> + Clone + Debug + Send + Sync + 'static
{
    /// What its objects are looked up by, beside their names.
    type Key: Clone + Debug + Eq + Hash + Send + Sync;

    /// Under which keys this object is found.
    fn keys(&self) -> Vec<Self::Key>;

    /// Whose list this object is part of.
    fn change(&self) -> Option<Change>;
}

/// The objects of one kind as far as this replica knows them: what its watch told, and what it wrote itself since.
///
/// Within one kind the watch tells changes in the order of their resourceVersions, which is how the answer to one of our own
/// writes that arrives late is told from news: what the watch has passed already and does not have is gone.
#[derive(Debug)]
pub(crate) struct Mirror<K: Mirrored> {
    shelf: RwLock<Shelf<K>>,
    filled: watch::Sender<bool>,
    changes: broadcast::Sender<Change>,
}

#[derive(Debug)]
struct Shelf<K: Mirrored> {
    objects: HashMap<String, Arc<K>>,
    index: HashMap<K::Key, BTreeSet<String>>,
    /// The highest resourceVersion that the watch has told of.
    passed: u64,
    /// While the watch lists anew: what it has listed, and what we wrote since it began.
    listing: Option<Listing<K>>,
}

#[derive(Debug)]
struct Listing<K> {
    listed: Vec<K>,
    written: Vec<K>,
}

/// What one event of a watch says, with readable objects only.
#[derive(Debug)]
pub(crate) enum News<K> {
    /// A new list begins.
    Begin,
    /// A part of the new list.
    Listed(K),
    /// The new list is complete.
    Complete,
    /// Created or changed.
    Changed(K),
    /// Really gone.
    Gone(K),
    /// Of this name is an object that cannot be read.
    Unreadable(String),
}

impl<K: Mirrored> Mirror<K> {
    pub(crate) fn new(changes: broadcast::Sender<Change>) -> Arc<Self> {
        let shelf =
            Shelf { objects: HashMap::new(), index: HashMap::new(), passed: 0, listing: None };
        Arc::new(Self { shelf: RwLock::new(shelf), filled: watch::Sender::new(false), changes })
    }

    /// The object of this name.
    pub(crate) fn get(&self, name: &str) -> Option<Arc<K>> {
        self.read().objects.get(name).cloned()
    }

    /// The objects found under `key`, by name.
    pub(crate) fn find(&self, key: &K::Key) -> Vec<Arc<K>> {
        let shelf = self.read();
        let names = shelf.index.get(key).into_iter().flatten();
        names.filter_map(|name| shelf.objects.get(name).cloned()).collect()
    }

    /// Every object, in no order.
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
        // The sender lives as long as this mirror, so waiting can only end well.
        let _ = filled.wait_for(|done| *done).await;
    }

    /// Takes in what the API server answered to a request of ours, unless the watch has told of something newer.
    pub(crate) fn note(&self, object: &K) {
        let mut object = object.clone();
        object.meta_mut().managed_fields = None;
        let mut shelf = self.write();
        if let Some(listing) = &mut shelf.listing {
            listing.written.push(object.clone());
        }
        let name = object.name_any();
        if shelf.objects.contains_key(&name) || version(&object) > shelf.passed {
            shelf.put(object, &self.changes);
        }
    }

    /// Forgets an object that a live read did not find any more.
    pub(crate) fn forget(&self, name: &str) {
        self.write().take(name, &self.changes);
    }

    /// Takes in what the watch tells.
    pub(crate) fn hear(&self, news: News<K>) {
        let mut shelf = self.write();
        match news {
            News::Begin => {
                shelf.listing = Some(Listing { listed: Vec::new(), written: Vec::new() })
            }
            News::Listed(object) => {
                if let Some(listing) = &mut shelf.listing {
                    listing.listed.push(object);
                }
            }
            News::Complete => {
                shelf.replace(&self.changes);
                drop(shelf);
                self.filled.send_replace(true);
            }
            News::Changed(object) => {
                shelf.passed = shelf.passed.max(version(&object));
                shelf.put(object, &self.changes);
            }
            News::Gone(object) => shelf.gone(&object, &self.changes),
            News::Unreadable(name) => shelf.take(&name, &self.changes),
        }
    }

    fn read(&self) -> RwLockReadGuard<'_, Shelf<K>> {
        self.shelf.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, Shelf<K>> {
        self.shelf.write().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<K: Mirrored> Shelf<K> {
    /// Keeps `object` if it is newer than what is there.
    fn put(&mut self, object: K, changes: &broadcast::Sender<Change>) {
        let name = object.name_any();
        if self.objects.get(&name).is_some_and(|known| version(&**known) >= version(&object)) {
            return;
        }
        self.take(&name, changes);
        for key in object.keys() {
            self.index.entry(key).or_default().insert(name.clone());
        }
        tell(changes, &object);
        self.objects.insert(name, Arc::new(object));
    }

    fn take(&mut self, name: &str, changes: &broadcast::Sender<Change>) {
        let Some(known) = self.objects.remove(name) else { return };
        for key in known.keys() {
            if let Some(names) = self.index.get_mut(&key) {
                names.remove(name);
                if names.is_empty() {
                    self.index.remove(&key);
                }
            }
        }
        tell(changes, &*known);
    }

    /// Removes an object that is gone, but not another one that took its name since.
    fn gone(&mut self, object: &K, changes: &broadcast::Sender<Change>) {
        self.passed = self.passed.max(version(object));
        let name = object.name_any();
        if self.objects.get(&name).is_some_and(|known| known.uid() == object.uid()) {
            self.take(&name, changes);
        }
    }

    /// Makes the new list, with what was written while it was made, all there is.
    fn replace(&mut self, changes: &broadcast::Sender<Change>) {
        let Some(Listing { listed, written }) = self.listing.take() else { return };
        self.passed = listed.iter().map(version).max().unwrap_or(0);
        let names: BTreeSet<String> = listed.iter().map(ResourceExt::name_any).collect();
        let lost: Vec<String> =
            self.objects.keys().filter(|name| !names.contains(*name)).cloned().collect();
        for name in lost {
            self.take(&name, changes);
        }
        let passed = self.passed;
        let written = written.into_iter().filter(|object| version(object) > passed);
        for object in listed.into_iter().chain(written) {
            self.put(object, changes);
        }
    }
}

fn tell<K: Mirrored>(changes: &broadcast::Sender<Change>, object: &K) {
    if let Some(change) = object.change() {
        // Nobody may be listening just now.
        let _ = changes.send(change);
    }
}

/// The resourceVersion as the number that Kubernetes promises it to be; what is none counts as older than everything.
fn version<K: Resource>(object: &K) -> u64 {
    object.meta().resource_version.as_deref().and_then(|text| text.parse().ok()).unwrap_or(0)
}

#[cfg(test)]
mod tests;
