//! The garbage collector, the namespace controller and the cleanup of custom resources.
//!
//! They run where the writes run (see [`Controller`]), in a batch after the change that causes
//! their work, and write through the same functions as a request does.

mod contents;
mod garbage;

use std::{collections::BTreeSet, sync::Arc};

use crate::{
    bootstrap, finalizers, meta,
    store::{Controller, DEFINITIONS, Key, NAMESPACES, Object, ObjectChange, Tables, Txn},
};

/// One piece of work.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum WorkItem {
    /// Create the namespaces that every cluster has.
    Bootstrap,
    /// Check whether the owners of this object exist.
    CheckOwners(Key),
    /// Check the dependents of a deleted object; the text is its uid.
    CheckDependents(String),
    /// Remove the garbage collector's finalizer from this terminating owner, once it may go.
    FinishOwner(Key),
    /// Delete the contents of this terminating namespace, then the namespace.
    EmptyNamespace(Key),
    /// Delete the custom resources of this terminating definition, then the definition.
    EmptyDefinition(Key),
}

/// The work that is still to be done. Equal items are queued once.
#[derive(Debug, Default)]
pub(crate) struct WorkQueue(BTreeSet<WorkItem>);

impl Controller for WorkQueue {
    fn resync(&mut self, tables: &Tables) {
        self.0 = [WorkItem::Bootstrap].into();
        for (name, table) in tables.all() {
            for object in table.objects(None) {
                let (namespace, object_name) = object.namespace_and_name();
                self.enqueue(&Key::new(Arc::clone(name), namespace, object_name), object);
            }
        }
    }

    fn is_idle(&self) -> bool {
        self.0.is_empty()
    }

    fn observe(&mut self, changes: &[ObjectChange], tables: &Tables) {
        for change in changes {
            if change.removed {
                self.enqueue_removal(change, tables);
            } else {
                self.enqueue(&change.key, &change.after);
            }
        }
    }

    fn reconcile(&mut self, txn: &mut Txn<'_>, max_items: usize) {
        for _ in 0..max_items {
            let Some(item) = self.0.pop_first() else { return };
            match item {
                WorkItem::Bootstrap => bootstrap::create_namespaces(txn),
                WorkItem::CheckOwners(key) => garbage::check_owners(txn, &key),
                WorkItem::CheckDependents(uid) => garbage::check_dependents(txn, &uid),
                WorkItem::FinishOwner(key) => garbage::finish_owner(txn, &key),
                WorkItem::EmptyNamespace(key) => contents::empty_namespace(txn, &key),
                WorkItem::EmptyDefinition(key) => contents::empty_definition(txn, &key),
            }
        }
    }
}

impl WorkQueue {
    /// Queues the work that a created or changed object causes.
    fn enqueue(&mut self, key: &Key, object: &Object) {
        let object = object.value();
        if !meta::owners(object).is_empty() {
            self.0.insert(WorkItem::CheckOwners(key.clone()));
        }
        if !meta::is_terminating(object) {
            return;
        }
        if meta::finalizers(object).any(finalizers::belongs_to_garbage_collector) {
            self.0.insert(WorkItem::FinishOwner(key.clone()));
        }
        match &*key.table {
            NAMESPACES => self.0.insert(WorkItem::EmptyNamespace(key.clone())),
            DEFINITIONS => self.0.insert(WorkItem::EmptyDefinition(key.clone())),
            _ => false,
        };
    }

    /// Queues the work that a removed object causes for its dependents, owners and containers.
    fn enqueue_removal(&mut self, change: &ObjectChange, tables: &Tables) {
        let removed = change.after.value();
        self.0.insert(WorkItem::CheckDependents(meta::text(removed, "uid").to_owned()));
        for owner in meta::owners(removed) {
            let owner = garbage::owner_key(tables.registry(), owner, &change.key.namespace);
            self.0.extend(owner.map(WorkItem::FinishOwner));
        }
        let is_terminating =
            |key: &Key| tables.get(key).is_some_and(|object| meta::is_terminating(object.value()));
        let namespace = Key::new(NAMESPACES.into(), "", &change.key.namespace);
        if is_terminating(&namespace) {
            self.0.insert(WorkItem::EmptyNamespace(namespace));
        }
        let definition = contents::definition_key(&change.key.table);
        if is_terminating(&definition) {
            self.0.insert(WorkItem::EmptyDefinition(definition));
        }
    }
}
