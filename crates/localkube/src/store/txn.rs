//! One batch of writes in the making.

use std::{
    collections::{BTreeSet, HashMap},
    sync::Arc,
};

use jiff::Timestamp;
use serde_json::Value;

use super::{Change, Key, Object, Revision, Tables};
use crate::{kinds::Registry, meta};

/// Sees the committed objects with the changes of the batch so far, and takes further changes.
#[derive(Debug)]
pub(crate) struct Txn<'a> {
    tables: &'a Tables,
    now: Timestamp,
    changes: Vec<Change>,
    /// The place in `changes` of an object's latest change.
    latest: HashMap<Key, usize>,
    revision: Revision,
}

impl<'a> Txn<'a> {
    /// A batch on top of what is committed.
    pub(super) fn on(tables: &'a Tables, now: Timestamp) -> Self {
        let revision = tables.revision();
        Self { tables, now, changes: Vec::new(), latest: HashMap::new(), revision }
    }

    /// Where the batch is, to come back to with [`Txn::undo_to`].
    pub(super) fn mark(&self) -> usize {
        self.changes.len()
    }

    /// Takes back every change since `mark`.
    pub(super) fn undo_to(&mut self, mark: usize) {
        if self.changes.len() == mark {
            return;
        }
        self.changes.truncate(mark);
        self.revision = self.changes.last().map_or(self.tables.revision(), |c| c.revision);
        self.latest = self.changes.iter().enumerate().map(|(at, c)| (c.key.clone(), at)).collect();
    }

    /// The changes, in the order of their resourceVersions.
    pub(super) fn into_changes(self) -> Vec<Change> {
        self.changes
    }

    /// The time of the batch.
    pub(crate) fn now(&self) -> Timestamp {
        self.now
    }

    /// The kinds that are served.
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

    /// Writes `value` under `key` at the next resourceVersion.
    pub(crate) fn put(&mut self, key: Key, value: Value) -> Arc<Object> {
        self.change(key, value, false)
    }

    /// Removes the object under `key`; `last` is what watchers see of it.
    pub(crate) fn remove(&mut self, key: Key, last: Value) -> Arc<Object> {
        self.change(key, last, true)
    }

    fn change(&mut self, key: Key, value: Value, removed: bool) -> Arc<Object> {
        let before = self.get(&key);
        self.revision += 1;
        let after = Arc::new(Object::new(value, self.revision));
        self.latest.insert(key.clone(), self.changes.len());
        let revision = self.revision;
        self.changes.push(Change { key, revision, before, after: Arc::clone(&after), removed });
        after
    }

    /// The objects that name the owner `uid`.
    pub(crate) fn dependents(&self, uid: &str) -> Vec<Key> {
        let names_it = |key: &&Key| {
            self.get(key).is_some_and(|object| {
                meta::owners(object.value()).iter().any(|owner| owner["uid"] == uid)
            })
        };
        let all: BTreeSet<&Key> =
            self.tables.dependents(uid).chain(self.latest.keys()).filter(names_it).collect();
        all.into_iter().cloned().collect()
    }

    /// Every object in a namespace.
    pub(crate) fn contents(&self, namespace: &str) -> Vec<Key> {
        let mut tables: BTreeSet<&Arc<str>> = self.tables.all().map(|(name, _)| name).collect();
        tables.extend(self.latest.keys().map(|key| &key.table));
        tables.into_iter().flat_map(|table| self.keys(table, Some(namespace))).collect()
    }

    /// The keys of a table (all, or of one namespace), with the changes of the batch.
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
