//! The committed objects, one table per kind.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::Arc,
};

use tokio::sync::Notify;

use super::{
    history::{History, MAX_CHANGES, ObjectChange},
    key::Key,
    object::{Object, Revision},
};
use crate::{kinds::Registry, meta};

/// The name of the table of CustomResourceDefinitions.
pub(crate) const DEFINITIONS: &str = "apiextensions.k8s.io/customresourcedefinitions";
/// The name of the table of namespaces.
pub(crate) const NAMESPACES: &str = "/namespaces";

/// The objects of one kind and their recent changes.
#[derive(Debug)]
pub(crate) struct Table {
    objects: BTreeMap<(String, String), Arc<Object>>,
    history: History,
    /// Is notified when the table changes. A `tokio::sync::watch` wakes its receivers in random
    /// order, a `Notify` in the order in which they began to wait.
    changed: Arc<Notify>,
}

impl Table {
    fn since(start: Revision, max_changes: usize) -> Self {
        Self {
            objects: BTreeMap::new(),
            history: History::since(start, max_changes),
            changed: Arc::default(),
        }
    }

    /// The objects in `namespace`, or all, sorted by namespace and name.
    pub(crate) fn objects<'a>(
        &'a self,
        namespace: Option<&'a str>,
    ) -> impl Iterator<Item = &'a Arc<Object>> {
        self.entries(namespace).map(|(_, object)| object)
    }

    /// The namespaces and names of the objects in `namespace`, or of all.
    pub(crate) fn keys<'a>(
        &'a self,
        namespace: Option<&'a str>,
    ) -> impl Iterator<Item = (&'a str, &'a str)> {
        self.entries(namespace).map(|((namespace, name), _)| (namespace.as_str(), name.as_str()))
    }

    fn entries<'a>(
        &'a self,
        namespace: Option<&'a str>,
    ) -> impl Iterator<Item = (&'a (String, String), &'a Arc<Object>)> {
        let start = (namespace.unwrap_or_default().to_owned(), String::new());
        self.objects
            .range(start..)
            .take_while(move |((it, _), _)| namespace.is_none_or(|wanted| wanted == it))
    }

    /// The recent changes.
    pub(crate) fn history(&self) -> &History {
        &self.history
    }

    /// Notifies all who wait when the table changes.
    pub(crate) fn changed(&self) -> Arc<Notify> {
        Arc::clone(&self.changed)
    }
}

/// All committed objects.
#[derive(Debug)]
pub(crate) struct Tables {
    tables: BTreeMap<Arc<str>, Table>,
    revision: Revision,
    /// The resourceVersion at the start of the process. A watch cannot start before it.
    start: Revision,
    /// The number of changes that the history of each table keeps.
    max_changes: usize,
    registry: Arc<Registry>,
    /// The objects that refer to an owner, by its uid.
    dependents: HashMap<String, BTreeSet<Key>>,
}

impl Tables {
    /// No objects, and only the built-in kinds.
    pub(crate) fn empty() -> Self {
        Self {
            tables: BTreeMap::new(),
            revision: 1,
            start: 1,
            max_changes: MAX_CHANGES,
            registry: Arc::new(Registry::new(std::iter::empty())),
            dependents: HashMap::new(),
        }
    }

    /// No objects, and histories that keep only `max_changes` changes per table.
    pub(super) fn with_history_of(max_changes: usize) -> Self {
        Self { max_changes, ..Self::empty() }
    }

    /// The objects that a file contains, at its latest resourceVersion.
    pub(super) fn load(objects: Vec<(Key, Arc<Object>)>, revision: Revision) -> Self {
        let mut tables = Self { revision, start: revision, ..Self::empty() };
        for (key, object) in objects {
            tables.index_owners(&key, None, Some(&object));
            tables.table_mut(&key.table).objects.insert(key.namespace_and_name(), object);
        }
        tables.rebuild_registry();
        tables
    }

    /// The latest resourceVersion.
    pub(crate) fn revision(&self) -> Revision {
        self.revision
    }

    /// The served kinds.
    pub(crate) fn registry(&self) -> &Arc<Registry> {
        &self.registry
    }

    /// The object under `key`.
    pub(crate) fn get(&self, key: &Key) -> Option<&Arc<Object>> {
        self.tables.get(&key.table)?.objects.get(&key.namespace_and_name())
    }

    /// The table of this name; `None` before its first write or watch.
    pub(crate) fn table(&self, table: &str) -> Option<&Table> {
        self.tables.get(table)
    }

    /// All tables with their names.
    pub(crate) fn all(&self) -> impl Iterator<Item = (&Arc<str>, &Table)> {
        self.tables.iter()
    }

    /// The table of this name. Creates it if there is none.
    pub(super) fn table_mut(&mut self, table: &Arc<str>) -> &mut Table {
        let (start, max_changes) = (self.start, self.max_changes);
        self.tables.entry(Arc::clone(table)).or_insert_with(|| Table::since(start, max_changes))
    }

    /// Applies committed changes, so that readers and watches see them.
    pub(super) fn publish(&mut self, changes: Vec<ObjectChange>) {
        let definitions_changed = changes.iter().any(|change| &*change.key.table == DEFINITIONS);
        let touched: BTreeSet<Arc<str>> =
            changes.iter().map(|change| Arc::clone(&change.key.table)).collect();
        for change in changes {
            self.revision = change.revision;
            self.apply(change);
        }
        for table in touched {
            self.table_mut(&table).changed.notify_waiters();
        }
        if definitions_changed {
            self.rebuild_registry();
        }
    }

    /// The latest resourceVersion and all objects, each in a line of JSON.
    pub(crate) fn dump(&self) -> String {
        let objects = self.tables.values().flat_map(|table| table.objects(None));
        let lines = objects.map(|object| format!("{}\n", object.value()));
        std::iter::once(format!("{}\n", self.revision)).chain(lines).collect()
    }

    /// Drops the histories of all tables.
    pub(super) fn compact(&mut self) {
        self.tables.values_mut().for_each(|table| table.history.compact());
    }

    fn rebuild_registry(&mut self) {
        let definitions = self.table(DEFINITIONS).into_iter().flat_map(|t| t.objects(None));
        self.registry = Arc::new(Registry::new(definitions.map(|object| object.value())));
    }

    /// The objects that refer to the owner `uid`.
    pub(crate) fn dependents(&self, uid: &str) -> impl Iterator<Item = &Key> {
        self.dependents.get(uid).into_iter().flatten()
    }

    /// Updates the index by owner.
    fn index_owners(&mut self, key: &Key, before: Option<&Object>, after: Option<&Object>) {
        for uid in before.into_iter().flat_map(owner_uids) {
            if let Some(dependents) = self.dependents.get_mut(uid) {
                dependents.remove(key);
                if dependents.is_empty() {
                    self.dependents.remove(uid);
                }
            }
        }
        for uid in after.into_iter().flat_map(owner_uids) {
            self.dependents.entry(uid.to_owned()).or_default().insert(key.clone());
        }
    }

    fn apply(&mut self, change: ObjectChange) {
        let after = (!change.removed).then_some(change.after.as_ref());
        self.index_owners(&change.key, change.before.as_deref(), after);
        let table = self.table_mut(&change.key.table);
        if change.removed {
            table.objects.remove(&change.key.namespace_and_name());
        } else {
            table.objects.insert(change.key.namespace_and_name(), Arc::clone(&change.after));
        }
        table.history.push(change);
    }
}

fn owner_uids(object: &Object) -> impl Iterator<Item = &str> {
    meta::owners(object.value()).iter().filter_map(|owner| owner["uid"].as_str())
}
