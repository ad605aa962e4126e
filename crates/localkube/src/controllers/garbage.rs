//! Deletes what nobody owns any more, as the garbage collector does.

use std::sync::Arc;

use serde_json::Value;

use super::kind_of;
use crate::{
    api::{self, DeleteOptions, Propagation, Target},
    kinds::Registry,
    meta,
    store::{Key, Txn},
};

/// Holds an owner until its dependents are gone.
pub(crate) const FOREGROUND: &str = "foregroundDeletion";
/// Holds an owner until its dependents no longer name it.
pub(crate) const ORPHAN: &str = "orphan";

/// Whether this is one of the garbage collector's finalizers.
pub(super) fn is_ours(finalizer: &str) -> bool {
    matches!(finalizer, FOREGROUND | ORPHAN)
}

/// Where the owner of an object in `namespace` is; `None` when its kind is not known here.
pub(super) fn owner_key(registry: &Registry, owner: &Value, namespace: &str) -> Option<Key> {
    let text = |field: &str| owner[field].as_str().unwrap_or_default();
    let kind = registry.by_kind(text("apiVersion"), text("kind"))?;
    let namespace = if kind.namespaced { namespace } else { "" };
    Some(Key::new(kind.table(), namespace, text("name")))
}

/// What became of an owner.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Owner {
    /// It is there; or its kind is not known here, and then nobody can tell.
    There,
    /// It is there, and waits for this dependent to go first.
    WaitsForUs,
    /// It is gone, or another object has its name.
    Gone,
}

fn look_up(txn: &Txn<'_>, owner: &Value, namespace: &str) -> Owner {
    let Some(key) = owner_key(txn.registry(), owner, namespace) else { return Owner::There };
    match txn.get(&key) {
        Some(object) if object.value()["metadata"]["uid"] == owner["uid"] => {
            let waits = meta::is_deleting(object.value())
                && meta::finalizers(object.value()).any(|finalizer| finalizer == FOREGROUND);
            if waits { Owner::WaitsForUs } else { Owner::There }
        }
        _ => Owner::Gone,
    }
}

/// Deletes an object all of whose owners are gone (or wait for it to go), and else forgets those that are gone.
pub(super) fn check_owners(txn: &mut Txn<'_>, key: &Key) {
    let Some(object) = txn.get(key) else { return };
    let owners = meta::owners(object.value());
    let states: Vec<Owner> =
        owners.iter().map(|owner| look_up(txn, owner, &key.namespace)).collect();
    if owners.is_empty() || states.iter().all(|state| *state == Owner::There) {
        return;
    }
    if states.contains(&Owner::There) {
        let kept = owners.iter().zip(&states).filter(|(_, state)| **state == Owner::There);
        let kept: Vec<Value> = kept.map(|(owner, _)| owner.clone()).collect();
        rewrite(txn, key, |object| meta::set(object, "ownerReferences", kept));
        return;
    }
    if meta::is_deleting(object.value()) {
        return;
    }
    let has_dependents = !txn.dependents(meta::text(object.value(), "uid")).is_empty();
    let foreground = states.contains(&Owner::WaitsForUs) && has_dependents;
    let propagation = if foreground { Propagation::Foreground } else { Propagation::Background };
    delete(txn, key, Some(propagation));
}

/// Looks after every object that names the owner `uid`.
pub(super) fn release_dependents(txn: &mut Txn<'_>, uid: &str) {
    for dependent in txn.dependents(uid) {
        check_owners(txn, &dependent);
    }
}

/// Lets an owner go that waited for its dependents, once it may.
pub(super) fn settle_waiting(txn: &mut Txn<'_>, key: &Key) {
    let Some(owner) = txn.get(key) else { return };
    if !meta::is_deleting(owner.value()) {
        return;
    }
    let uid = meta::text(owner.value(), "uid").to_owned();
    let holds = |wanted: &str| meta::finalizers(owner.value()).any(|f| f == wanted);
    if holds(ORPHAN) {
        for dependent in txn.dependents(&uid) {
            disown(txn, &dependent, &uid);
        }
        drop_finalizer(txn, key, ORPHAN);
    } else if holds(FOREGROUND) {
        release_dependents(txn, &uid);
        if !txn.dependents(&uid).iter().any(|dependent| blocks(txn, dependent, &uid)) {
            drop_finalizer(txn, key, FOREGROUND);
        }
    }
}

/// Whether a dependent holds its owner back.
fn blocks(txn: &Txn<'_>, dependent: &Key, owner: &str) -> bool {
    txn.get(dependent).is_some_and(|object| {
        meta::owners(object.value())
            .iter()
            .any(|reference| reference["uid"] == owner && reference["blockOwnerDeletion"] == true)
    })
}

fn disown(txn: &mut Txn<'_>, dependent: &Key, owner: &str) {
    rewrite(txn, dependent, |object| {
        let kept: Vec<Value> =
            meta::owners(object).iter().filter(|r| r["uid"] != owner).cloned().collect();
        match kept.is_empty() {
            true => meta::unset(object, "ownerReferences"),
            false => meta::set(object, "ownerReferences", kept),
        }
    });
}

/// Drops a finalizer, and with the last one the object.
pub(super) fn drop_finalizer(txn: &mut Txn<'_>, key: &Key, finalizer: &str) {
    rewrite(txn, key, |object| meta::remove_finalizer(object, finalizer));
}

/// Changes an object as any client would, so that the last finalizer takes the object with it.
pub(super) fn rewrite(txn: &mut Txn<'_>, key: &Key, change: impl FnOnce(&mut Value)) {
    let Some(target) = target(txn, key) else { return };
    let Some(current) = txn.get(key) else { return };
    let mut object = current.value().clone();
    change(&mut object);
    if object != *current.value() {
        api::write(txn, &target, object);
    }
}

/// Deletes an object as any client would.
pub(super) fn delete(txn: &mut Txn<'_>, key: &Key, propagation: Option<Propagation>) {
    let Some(target) = target(txn, key) else { return };
    let options = DeleteOptions { propagation, ..DeleteOptions::default() };
    if let Err(error) = api::delete(txn, &target, &options) {
        tracing::warn!(%error, ?key, "could not delete");
    }
}

fn target(txn: &Txn<'_>, key: &Key) -> Option<Target> {
    let kind = kind_of(txn, &key.table)?;
    Some(Target {
        kind: Arc::clone(&kind),
        namespace: key.namespace.clone(),
        name: key.name.clone(),
        subresource: String::new(),
    })
}
