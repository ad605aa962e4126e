//! The contents of a mirror, and what each event and each answer changes in them.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::Arc,
};

use kube::{Resource, ResourceExt};
use tokio::sync::broadcast;

use super::{Mirrored, removals::Removals};
use crate::cache::ListChange;

/// The objects of one kind, with their index.
#[derive(Debug)]
pub(super) struct Contents<K: Mirrored> {
    objects: BTreeMap<String, Arc<K>>,
    index: HashMap<K::Key, BTreeSet<String>>,
    changes: broadcast::Sender<ListChange>,
    /// The resourceVersion up to which the watch has reported everything.
    watched_version: u64,
    /// The objects from answers that the watch has not reported yet, by version.
    unreported: BTreeMap<u64, String>,
    removals: Removals,
    /// The new list, while the watch lists again.
    listing: Option<Listing<K>>,
}

/// An incomplete list, and what happened since it started.
#[derive(Debug)]
struct Listing<K> {
    listed: Vec<K>,
    written: Vec<K>,
    /// The uids of the objects that are known to be removed.
    removed: BTreeSet<String>,
}

impl<K: Mirrored> Contents<K> {
    pub(super) fn new(changes: broadcast::Sender<ListChange>) -> Self {
        Self {
            objects: BTreeMap::new(),
            index: HashMap::new(),
            changes,
            watched_version: 0,
            unreported: BTreeMap::new(),
            removals: Removals::default(),
            listing: None,
        }
    }

    pub(super) fn get(&self, name: &str) -> Option<Arc<K>> {
        self.objects.get(name).cloned()
    }

    pub(super) fn find(&self, key: &K::Key) -> Vec<Arc<K>> {
        let names = self.index.get(key).into_iter().flatten();
        names.filter_map(|name| self.get(name)).collect()
    }

    pub(super) fn all(&self) -> Vec<Arc<K>> {
        self.objects.values().cloned().collect()
    }

    /// Takes in the answer to a call.
    pub(super) fn note(&mut self, object: K) {
        if self.removals.contains(uid(&object)) {
            return;
        }
        if let Some(listing) = &mut self.listing {
            listing.written.push(object.clone());
        }
        self.put_unreported(object);
    }

    /// Removes an object that is known not to exist any more.
    pub(super) fn forget(&mut self, seen: &K) {
        self.remember_removal(seen);
        self.take_same(seen);
    }

    pub(super) fn start_list(&mut self) {
        let (listed, written) = (Vec::new(), Vec::new());
        self.listing = Some(Listing { listed, written, removed: BTreeSet::new() });
    }

    pub(super) fn listed(&mut self, object: K) {
        if let Some(listing) = &mut self.listing {
            listing.listed.push(object);
        }
    }

    /// Replaces all objects with the new list and the newer answers that arrived meanwhile.
    pub(super) fn complete_list(&mut self) {
        let Some(Listing { mut listed, mut written, removed }) = self.listing.take() else {
            return;
        };
        listed.retain(|object| !removed.contains(uid(object)));
        let went_back = self.goes_back(&listed, &written);
        self.drop_all_but(&listed, &written);
        if went_back {
            // An answer from before the restore has a higher version than anything after it. The
            // watch reports the others.
            written.clear();
        }
        let newest = listed.iter().map(version).max().unwrap_or(0);
        self.watched_version = if went_back { newest } else { self.watched_version.max(newest) };
        self.unreported.clear();
        for object in listed {
            self.removals.undo(uid(&object));
            self.put(object, true);
        }
        for object in written {
            if !self.removals.contains(uid(&object)) {
                self.put_unreported(object);
            }
        }
    }

    /// The watch has reported that the object was created or changed.
    pub(super) fn changed(&mut self, object: K) {
        self.reported(&object);
        if !self.removals.contains(uid(&object)) {
            self.put(object, false);
        }
    }

    /// The watch has reported the deletion of an object. A newer object of the same name stays.
    pub(super) fn deleted(&mut self, object: &K) {
        self.reported(object);
        self.forget(object);
    }

    /// Removes the object of this name.
    pub(super) fn take(&mut self, name: &str) {
        let Some(known) = self.objects.remove(name) else { return };
        for key in known.keys() {
            if let Some(names) = self.index.get_mut(&key) {
                names.remove(name);
                if names.is_empty() {
                    self.index.remove(&key);
                }
            }
        }
        self.publish(&*known);
        // An error means that there is no receiver.
        let _ = known.change_by_its_end().map(|change| self.changes.send(change));
    }

    /// Whether the list has an older state of an object than the mirror had before the list began.
    /// A list is never older than the answers before it, so versions have gone back.
    fn goes_back(&self, listed: &[K], written: &[K]) -> bool {
        let is_written = |known: &K| {
            written.iter().any(|it| uid(it) == uid(known) && version(it) == version(known))
        };
        listed.iter().any(|object| {
            self.objects.get(&object.name_any()).is_some_and(|known| {
                uid(&**known) == uid(object)
                    && version(&**known) > version(object)
                    && !is_written(known)
            })
        })
    }

    /// Removes every object that the new list does not have. What was only written meanwhile is
    /// stored again if it is newer than the list.
    fn drop_all_but(&mut self, listed: &[K], written: &[K]) {
        let listed: BTreeSet<&str> = listed.iter().map(uid).collect();
        let written: BTreeSet<&str> = written.iter().map(uid).collect();
        let lost: Vec<Arc<K>> =
            self.objects.values().filter(|it| !listed.contains(uid(&***it))).cloned().collect();
        for object in lost {
            if !written.contains(uid(&*object)) {
                self.remember_removal(&object);
            }
            self.take_same(&object);
        }
    }

    /// The watch has reported this state. It would have reported every answer with a lower version
    /// before, unless the object was deleted before the last list.
    fn reported(&mut self, object: &K) {
        self.watched_version = version(object);
        let later = self.unreported.split_off(&version(object));
        let passed = std::mem::replace(&mut self.unreported, later);
        self.unreported.remove(&version(object));
        for (passed_version, name) in passed {
            let ghost = self.get(&name).filter(|it| version(&**it) == passed_version);
            if let Some(ghost) = ghost.filter(|it| uid(&**it) != uid(object)) {
                self.forget(&ghost);
            }
        }
    }

    /// Stores an object from an answer, unless it is known to be outdated.
    fn put_unreported(&mut self, object: K) {
        let (name, version) = (object.name_any(), version(&object));
        let is_ahead = version > self.watched_version;
        if !is_ahead && !self.objects.contains_key(&name) {
            return;
        }
        if self.put(object, false) && is_ahead {
            self.unreported.insert(version, name);
        }
    }

    /// Stores `object` if it is newer than the stored one, or if it `replaces` that one whatever
    /// their versions are.
    fn put(&mut self, object: K, replaces: bool) -> bool {
        let name = object.name_any();
        if let Some(known) = self.objects.get(&name) {
            let is_same = version(&**known) == version(&object) && uid(&**known) == uid(&object);
            let is_newer = version(&**known) > version(&object);
            if is_same || (is_newer && !replaces) {
                return false;
            }
        }
        self.take(&name);
        for key in object.keys() {
            self.index.entry(key).or_default().insert(name.clone());
        }
        self.publish(&object);
        self.objects.insert(name, Arc::new(object));
        true
    }

    /// Removes the object, but not another one of its name.
    fn take_same(&mut self, object: &K) {
        let name = object.name_any();
        if self.objects.get(&name).is_some_and(|known| uid(&**known) == uid(object)) {
            self.take(&name);
        }
    }

    fn remember_removal(&mut self, object: &K) {
        let uid = uid(object).to_owned();
        if let Some(listing) = &mut self.listing {
            listing.removed.insert(uid.clone());
        }
        self.removals.add(uid);
    }

    fn publish(&self, object: &K) {
        if let Some(change) = object.change() {
            // An error means that there is no receiver.
            let _ = self.changes.send(change);
        }
    }
}

fn uid<K: Resource>(object: &K) -> &str {
    object.meta().uid.as_deref().unwrap_or_default()
}

/// The resourceVersion as a number, which it is in Kubernetes; 0 for any other text.
pub(super) fn version<K: Resource>(object: &K) -> u64 {
    object.meta().resource_version.as_deref().and_then(|text| text.parse().ok()).unwrap_or(0)
}
