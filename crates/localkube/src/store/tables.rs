//! The committed objects, kind by kind.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::Arc,
};

use tokio::sync::watch;

use super::{Change, Key, Object, Revision, history::History};
use crate::{kinds::Registry, meta};

/// The table of CustomResourceDefinitions.
pub(crate) const DEFINITIONS: &str = "apiextensions.k8s.io/customresourcedefinitions";
/// The table of namespaces.
pub(crate) const NAMESPACES: &str = "/namespaces";

/// The objects of one kind, by namespace and name, and what changed lately.
#[derive(Debug)]
pub(crate) struct Table {
    objects: BTreeMap<(String, String), Arc<Object>>,
    history: History,
    /// Wakes the watchers; carries the latest resourceVersion of this table.
    tip: watch::Sender<Revision>,
}

impl Table {
    fn since(start: Revision) -> Self {
        Self {
            objects: BTreeMap::new(),
            history: History::since(start),
            tip: watch::Sender::new(start),
        }
    }

    /// All objects, or those of one namespace, by namespace and name.
    pub(crate) fn objects<'a>(
        &'a self,
        namespace: Option<&'a str>,
    ) -> impl Iterator<Item = &'a Arc<Object>> {
        self.entries(namespace).map(|(_, object)| object)
    }

    /// The namespaces and names of all objects, or of those of one namespace.
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
            .take_while(move |((of, _), _)| namespace.is_none_or(|wanted| wanted == of))
    }

    /// The recent changes.
    pub(crate) fn history(&self) -> &History {
        &self.history
    }

    /// Tells when there is something new.
    pub(crate) fn subscribe(&self) -> watch::Receiver<Revision> {
        self.tip.subscribe()
    }
}

/// All committed objects.
#[derive(Debug)]
pub(crate) struct Tables {
    tables: HashMap<Arc<str>, Table>,
    revision: Revision,
    /// The resourceVersion that the process started at: nothing older can be watched.
    start: Revision,
    registry: Arc<Registry>,
    /// By the uid of an owner, the objects that name it.
    dependents: HashMap<String, BTreeSet<Key>>,
}

impl Tables {
    /// No objects; the built-in kinds.
    pub(crate) fn empty() -> Self {
        Self {
            tables: HashMap::new(),
            revision: 1,
            start: 1,
            registry: Arc::new(Registry::new(std::iter::empty())),
            dependents: HashMap::new(),
        }
    }

    /// The objects that were kept, at the latest resourceVersion then.
    pub(super) fn load(objects: Vec<(Key, Arc<Object>)>, revision: Revision) -> Self {
        let mut tables = Self { revision, start: revision, ..Self::empty() };
        for (key, object) in objects {
            tables.index(&key, None, Some(&object));
            tables.open(&key.table).objects.insert(key.local(), object);
        }
        tables.read_definitions();
        tables
    }

    /// The latest resourceVersion.
    pub(crate) fn revision(&self) -> Revision {
        self.revision
    }

    /// The kinds that are served.
    pub(crate) fn registry(&self) -> &Arc<Registry> {
        &self.registry
    }

    /// One object.
    pub(crate) fn get(&self, key: &Key) -> Option<&Arc<Object>> {
        self.tables.get(&key.table)?.objects.get(&key.local())
    }

    /// The table of a kind; `None` while nothing of it was ever written or watched.
    pub(crate) fn table(&self, table: &str) -> Option<&Table> {
        self.tables.get(table)
    }

    /// All tables by name.
    pub(crate) fn all(&self) -> impl Iterator<Item = (&Arc<str>, &Table)> {
        self.tables.iter()
    }

    /// Makes sure that `table` can be watched.
    pub(crate) fn open(&mut self, table: &Arc<str>) -> &mut Table {
        let start = self.start;
        self.tables.entry(Arc::clone(table)).or_insert_with(|| Table::since(start))
    }

    /// Shows committed changes to readers and watchers.
    pub(crate) fn publish(&mut self, changes: Vec<Change>) {
        let definitions_changed = changes.iter().any(|change| &*change.key.table == DEFINITIONS);
        let touched: BTreeSet<Arc<str>> =
            changes.iter().map(|change| Arc::clone(&change.key.table)).collect();
        for change in changes {
            self.revision = change.revision;
            self.show(change);
        }
        for table in touched {
            let latest = self.revision;
            self.open(&table).tip.send_replace(latest);
        }
        if definitions_changed {
            self.read_definitions();
        }
    }

    fn read_definitions(&mut self) {
        let definitions = self.table(DEFINITIONS).into_iter().flat_map(|t| t.objects(None));
        self.registry = Arc::new(Registry::new(definitions.map(|object| object.value())));
    }

    /// The objects that name the owner `uid`.
    pub(crate) fn dependents(&self, uid: &str) -> impl Iterator<Item = &Key> {
        self.dependents.get(uid).into_iter().flatten()
    }

    fn index(&mut self, key: &Key, before: Option<&Object>, after: Option<&Object>) {
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

    fn show(&mut self, change: Change) {
        let after = (!change.removed).then_some(change.after.as_ref());
        self.index(&change.key, change.before.as_deref(), after);
        let table = self.open(&change.key.table);
        if change.removed {
            table.objects.remove(&change.key.local());
        } else {
            table.objects.insert(change.key.local(), Arc::clone(&change.after));
        }
        table.history.push(change);
    }
}

fn owner_uids(object: &Object) -> impl Iterator<Item = &str> {
    meta::owners(object.value()).iter().filter_map(|owner| owner["uid"].as_str())
}
