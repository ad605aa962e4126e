//! What the garbage collector and the namespace controller do beside a kube-apiserver.
//!
//! They run in the writer, in the batch after the change that gives them work, so that they need no task, no watch and no
//! lease of their own. What they do goes through the same verbs as everybody's writes.

mod contents;
mod garbage;

pub(crate) use self::{
    contents::CLEANUP,
    garbage::{FOREGROUND, ORPHAN},
};

use std::{collections::BTreeSet, sync::Arc};

use crate::{
    bootstrap,
    kinds::Kind,
    meta,
    store::{Change, DEFINITIONS, Key, NAMESPACES, Object, Tables, Txn},
};

/// How many chores share a batch with waiting writes at most.
const AT_ONCE: usize = 256;

/// One thing to look after.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Chore {
    /// The namespaces that every cluster has.
    Bootstrap,
    /// An object that names owners: do they exist?
    Owners(Key),
    /// An object with this uid is gone: its dependents go too.
    Dependents(String),
    /// An owner that waits for its dependents, to be deleted or to be let go.
    Waiting(Key),
    /// A namespace that is going away.
    Namespace(Key),
    /// A definition that is going away, and its objects before it.
    Definition(Key),
}

/// What is still to be looked after.
#[derive(Debug, Default)]
pub(crate) struct Chores(BTreeSet<Chore>);

impl Chores {
    /// What a process left undone that ended before.
    pub(crate) fn at_start(tables: &Tables) -> Self {
        let mut chores = Self([Chore::Bootstrap].into());
        for (table, rows) in tables.all() {
            for object in rows.objects(None) {
                let (namespace, name) =
                    (meta::text(object.value(), "namespace"), meta::text(object.value(), "name"));
                chores.look_after(&Key::new(Arc::clone(table), namespace, name), object);
            }
        }
        chores
    }

    /// Whether there is nothing to do.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Takes in the changes that are about to be shown; `tables` is from before them.
    pub(crate) fn notice(&mut self, changes: &[Change], tables: &Tables) {
        for change in changes {
            if change.removed {
                self.look_after_removal(change, tables);
            } else {
                self.look_after(&change.key, &change.after);
            }
        }
    }

    fn look_after(&mut self, key: &Key, object: &Object) {
        let object = object.value();
        if !meta::owners(object).is_empty() {
            self.0.insert(Chore::Owners(key.clone()));
        }
        if !meta::is_deleting(object) {
            return;
        }
        if meta::finalizers(object).any(garbage::is_ours) {
            self.0.insert(Chore::Waiting(key.clone()));
        }
        match &*key.table {
            NAMESPACES => self.0.insert(Chore::Namespace(key.clone())),
            DEFINITIONS => self.0.insert(Chore::Definition(key.clone())),
            _ => false,
        };
    }

    fn look_after_removal(&mut self, change: &Change, tables: &Tables) {
        let gone = change.after.value();
        self.0.insert(Chore::Dependents(meta::text(gone, "uid").to_owned()));
        for owner in meta::owners(gone) {
            let waiting = garbage::owner_key(tables.registry(), owner, &change.key.namespace);
            self.0.extend(waiting.map(Chore::Waiting));
        }
        let namespace = Key::new(NAMESPACES.into(), "", &change.key.namespace);
        if tables.get(&namespace).is_some_and(|object| meta::is_deleting(object.value())) {
            self.0.insert(Chore::Namespace(namespace));
        }
        let definition = contents::definition_of(&change.key.table);
        if tables.get(&definition).is_some_and(|object| meta::is_deleting(object.value())) {
            self.0.insert(Chore::Definition(definition));
        }
    }

    /// Does some of it.
    pub(crate) fn carry_out(&mut self, txn: &mut Txn<'_>) {
        for _ in 0..AT_ONCE {
            let Some(chore) = self.0.pop_first() else { return };
            match chore {
                Chore::Bootstrap => bootstrap::fill(txn),
                Chore::Owners(key) => garbage::check_owners(txn, &key),
                Chore::Dependents(uid) => garbage::release_dependents(txn, &uid),
                Chore::Waiting(key) => garbage::settle_waiting(txn, &key),
                Chore::Namespace(key) => contents::empty_namespace(txn, &key),
                Chore::Definition(key) => contents::empty_definition(txn, &key),
            }
        }
    }
}

/// The kind whose objects are in `table`.
fn kind_of(txn: &Txn<'_>, table: &str) -> Option<Arc<Kind>> {
    txn.registry().all().find(|kind| *kind.table() == *table).cloned()
}
