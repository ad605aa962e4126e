//! The transaction of one batch of writes.

use std::{
    collections::{BTreeSet, HashMap},
    sync::Arc,
};

use clock::World;
use jiff::Timestamp;
use serde_json::Value;

use super::{
    history::ObjectChange,
    key::Key,
    object::{Object, Revision},
    tables::Tables,
};
use crate::{kinds::Registry, meta};

/// A view of the committed objects with the uncommitted changes of the batch on top.
#[derive(Debug)]
pub(crate) struct Txn<'a> {
    tables: &'a Tables,
    now: Timestamp,
    world: &'a World,
    changes: Vec<ObjectChange>,
    /// The index in `changes` of the latest change of each object.
    latest: HashMap<Key, usize>,
    revision: Revision,
}

impl<'a> Txn<'a> {
    /// A transaction without changes, at the current time of `world`.
    pub(super) fn new(tables: &'a Tables, world: &'a World) -> Self {
        let revision = tables.revision();
        Self {
            tables,
            now: world.now(),
            world,
            changes: Vec::new(),
            latest: HashMap::new(),
            revision,
        }
    }

    /// A state to return to with [`Txn::roll_back_to`].
    pub(super) fn savepoint(&self) -> usize {
        self.changes.len()
    }

    /// Undoes every change since `savepoint`.
    pub(super) fn roll_back_to(&mut self, savepoint: usize) {
        if self.changes.len() == savepoint {
            return;
        }
        self.changes.truncate(savepoint);
        self.revision = self.changes.last().map_or(self.tables.revision(), |c| c.revision);
        self.latest = self.changes.iter().enumerate().map(|(at, c)| (c.key.clone(), at)).collect();
    }

    /// The changes, in the order of their resourceVersions.
    pub(super) fn into_changes(self) -> Vec<ObjectChange> {
        self.changes
    }

    /// The time of all changes in the batch.
    pub(crate) fn now(&self) -> Timestamp {
        self.now
    }

    /// `N` random bytes, for a uid or a generated name.
    pub(crate) fn random_bytes<const N: usize>(&self) -> [u8; N] {
        self.world.random_bytes()
    }

    /// The served kinds.
    pub(crate) fn registry(&self) -> &Registry {
        self.tables.registry()
    }

    /// The object under `key`.
    pub(crate) fn get(&self, key: &Key) -> Option<Arc<Object>> {
        match self.latest.get(key) {
            Some(&at) => {
                let change = &self.changes[at];
                (!change.removed).then(|| Arc::clone(&change.after))
            }
            None => self.tables.get(key).cloned(),
        }
    }

    /// Stores `value` under `key` at the next resourceVersion.
    pub(crate) fn put(&mut self, key: Key, value: Value) -> Arc<Object> {
        self.change(key, value, false)
    }

    /// Removes the object under `key`. Watches report it as `last`.
    pub(crate) fn remove(&mut self, key: Key, last: Value) -> Arc<Object> {
        self.change(key, last, true)
    }

    fn change(&mut self, key: Key, value: Value, removed: bool) -> Arc<Object> {
        let before = self.get(&key);
        self.revision += 1;
        let after = Arc::new(Object::new(value, self.revision));
        self.latest.insert(key.clone(), self.changes.len());
        let revision = self.revision;
        self.changes.push(ObjectChange {
            key,
            revision,
            before,
            after: Arc::clone(&after),
            removed,
        });
        after
    }

    /// The objects that refer to the owner `uid`.
    pub(crate) fn dependents(&self, uid: &str) -> Vec<Key> {
        let refers_to_owner = |key: &&Key| {
            self.get(key).is_some_and(|object| {
                meta::owners(object.value()).iter().any(|owner| owner["uid"] == uid)
            })
        };
        let all: BTreeSet<&Key> =
            self.tables.dependents(uid).chain(self.latest.keys()).filter(refers_to_owner).collect();
        all.into_iter().cloned().collect()
    }

    /// The keys of all objects in a namespace.
    pub(crate) fn contents(&self, namespace: &str) -> Vec<Key> {
        let mut tables: BTreeSet<&Arc<str>> = self.tables.all().map(|(name, _)| name).collect();
        tables.extend(self.latest.keys().map(|key| &key.table));
        tables.into_iter().flat_map(|table| self.keys(table, Some(namespace))).collect()
    }

    /// The sorted keys of a table, of one namespace or all.
    pub(crate) fn keys(&self, table: &Arc<str>, namespace: Option<&str>) -> Vec<Key> {
        let committed = self.tables.table(table).into_iter().flat_map(|t| t.keys(namespace));
        let mut keys: Vec<Key> = committed
            .map(|(namespace, name)| Key::new(Arc::clone(table), namespace, name))
            .filter(|key| !self.latest.contains_key(key))
            .collect();
        let changed = self.latest.iter().filter(|(key, at)| {
            key.table == *table
                && namespace.is_none_or(|wanted| wanted == key.namespace)
                && !self.changes[**at].removed
        });
        keys.extend(changed.map(|(key, _)| key.clone()));
        keys.sort();
        keys
    }
}
