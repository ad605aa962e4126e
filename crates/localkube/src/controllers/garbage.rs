//! The garbage collector: deletes dependents whose owners are gone.

use serde_json::Value;

use crate::{
    api,
    finalizers::{FOREGROUND_DELETION, ORPHAN_DEPENDENTS},
    kinds::Registry,
    meta,
    request::{DeleteOptions, Propagation, Target},
    store::{Key, Txn},
};

/// The key of an owner of an object in `namespace`; `None` when the server has no such kind.
pub(super) fn owner_key(registry: &Registry, owner: &Value, namespace: &str) -> Option<Key> {
    let text = |field: &str| owner[field].as_str().unwrap_or_default();
    let kind = registry.by_kind(text("apiVersion"), text("kind"))?;
    let namespace = if kind.namespaced { namespace } else { "" };
    Some(Key::new(kind.table(), namespace, text("name")))
}

/// The state of an owner.
#[derive(Clone, Copy, PartialEq, Eq)]
enum OwnerState {
    /// The owner exists, or the server does not know its kind.
    Present,
    /// The owner is terminating and waits for its dependents (`foregroundDeletion`).
    AwaitsDependents,
    /// The owner is gone, or another object has its name.
    Absent,
}

fn owner_state(txn: &Txn<'_>, owner: &Value, namespace: &str) -> OwnerState {
    let Some(key) = owner_key(txn.registry(), owner, namespace) else {
        return OwnerState::Present;
    };
    match txn.get(&key) {
        Some(object) if object.value()["metadata"]["uid"] == owner["uid"] => {
            let waits = meta::is_terminating(object.value())
                && meta::finalizers(object.value()).any(|it| it == FOREGROUND_DELETION);
            if waits { OwnerState::AwaitsDependents } else { OwnerState::Present }
        }
        _ => OwnerState::Absent,
    }
}

/// Deletes an object that has no present owner. Otherwise removes its references to absent owners.
pub(super) fn check_owners(txn: &mut Txn<'_>, key: &Key) {
    let Some(object) = txn.get(key) else { return };
    let owners = meta::owners(object.value());
    let states: Vec<OwnerState> =
        owners.iter().map(|owner| owner_state(txn, owner, &key.namespace)).collect();
    if owners.is_empty() || states.iter().all(|state| *state == OwnerState::Present) {
        return;
    }
    if states.contains(&OwnerState::Present) {
        let kept = owners.iter().zip(&states).filter(|(_, state)| **state == OwnerState::Present);
        let kept: Vec<Value> = kept.map(|(owner, _)| owner.clone()).collect();
        update_object(txn, key, |object| meta::set(object, "ownerReferences", kept));
        return;
    }
    if meta::is_terminating(object.value()) {
        return;
    }
    let has_dependents = !txn.dependents(meta::text(object.value(), "uid")).is_empty();
    let foreground = states.contains(&OwnerState::AwaitsDependents) && has_dependents;
    let propagation = if foreground { Propagation::Foreground } else { Propagation::Background };
    delete_object(txn, key, Some(propagation));
}

/// Checks the owners of every object that refers to the owner `uid`.
pub(super) fn check_dependents(txn: &mut Txn<'_>, uid: &str) {
    for dependent in txn.dependents(uid) {
        check_owners(txn, &dependent);
    }
}

/// Handles the dependents of a terminating owner, then removes the garbage collector's finalizer.
pub(super) fn finish_owner(txn: &mut Txn<'_>, key: &Key) {
    let Some(owner) = txn.get(key) else { return };
    if !meta::is_terminating(owner.value()) {
        return;
    }
    let uid = meta::text(owner.value(), "uid").to_owned();
    let has_finalizer = |wanted: &str| meta::finalizers(owner.value()).any(|it| it == wanted);
    if has_finalizer(ORPHAN_DEPENDENTS) {
        for dependent in txn.dependents(&uid) {
            remove_owner(txn, &dependent, &uid);
        }
        remove_finalizer(txn, key, ORPHAN_DEPENDENTS);
    } else if has_finalizer(FOREGROUND_DELETION) {
        check_dependents(txn, &uid);
        if !txn.dependents(&uid).iter().any(|key| blocks_owner_deletion(txn, key, &uid)) {
            remove_finalizer(txn, key, FOREGROUND_DELETION);
        }
    }
}

/// Whether the dependent's reference to the owner sets `blockOwnerDeletion`.
fn blocks_owner_deletion(txn: &Txn<'_>, dependent: &Key, owner: &str) -> bool {
    txn.get(dependent).is_some_and(|object| {
        meta::owners(object.value())
            .iter()
            .any(|reference| reference["uid"] == owner && reference["blockOwnerDeletion"] == true)
    })
}

fn remove_owner(txn: &mut Txn<'_>, dependent: &Key, owner: &str) {
    update_object(txn, dependent, |object| {
        let kept: Vec<Value> =
            meta::owners(object).iter().filter(|r| r["uid"] != owner).cloned().collect();
        match kept.is_empty() {
            true => meta::unset(object, "ownerReferences"),
            false => meta::set(object, "ownerReferences", kept),
        }
    });
}

/// Removes a finalizer. A terminating object is deleted with its last finalizer.
pub(super) fn remove_finalizer(txn: &mut Txn<'_>, key: &Key, finalizer: &str) {
    update_object(txn, key, |object| meta::remove_finalizer(object, finalizer));
}

/// Changes an object as a request would.
pub(super) fn update_object(txn: &mut Txn<'_>, key: &Key, change: impl FnOnce(&mut Value)) {
    let Some(target) = target(txn, key) else { return };
    let Some(current) = txn.get(key) else { return };
    let mut object = current.value().clone();
    change(&mut object);
    if object != *current.value() {
        api::write(txn, &target, object);
    }
}

/// Deletes an object as a request would. An error is logged.
pub(super) fn delete_object(txn: &mut Txn<'_>, key: &Key, propagation: Option<Propagation>) {
    let Some(target) = target(txn, key) else { return };
    let options = DeleteOptions { propagation, ..DeleteOptions::default() };
    if let Err(error) = api::delete(txn, &target, &options) {
        tracing::warn!(%error, ?key, "could not delete an object");
    }
}

fn target(txn: &Txn<'_>, key: &Key) -> Option<Target> {
    let kind = txn.registry().by_table(&key.table)?;
    Some(Target {
        kind,
        namespace: key.namespace.clone(),
        name: key.name.clone(),
        subresource: String::new(),
    })
}
