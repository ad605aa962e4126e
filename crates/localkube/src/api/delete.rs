//! DELETE, of one object and of a collection.

use std::sync::Arc;

use serde_json::Value;

use super::{DeleteOptions, Propagation, Target};
use crate::{
    controllers::{FOREGROUND, ORPHAN},
    error::{ApiError, ApiResult},
    kinds::Kind,
    meta,
    selectors::Selector,
    store::{Object, Txn},
};

/// Deletes an object: it goes at once, or is marked and goes with its last finalizer. The flag tells whether it is gone.
pub(crate) fn delete(
    txn: &mut Txn<'_>,
    target: &Target,
    options: &DeleteOptions,
) -> ApiResult<(Arc<Object>, bool)> {
    let current =
        txn.get(&target.key()).ok_or_else(|| ApiError::not_found(&target.kind, &target.name))?;
    check(target, current.value(), options)?;
    let mut marked = current.value().clone();
    settle_dependents(&mut marked, options.propagation);
    let held = is_held(&target.kind, &marked);
    if held && !meta::is_deleting(&marked) {
        mark(txn, target, &mut marked);
    }
    if options.dry_run || (held && marked == *current.value()) {
        return Ok((current, !held));
    }
    let key = target.key();
    Ok((if held { txn.put(key, marked) } else { txn.remove(key, marked) }, !held))
}

/// Makes the garbage collector's finalizers say what is to happen to the dependents.
fn settle_dependents(object: &mut Value, propagation: Option<Propagation>) {
    let Some(propagation) = propagation else { return };
    for (finalizer, of) in [(FOREGROUND, Propagation::Foreground), (ORPHAN, Propagation::Orphan)] {
        match propagation == of {
            true => meta::add_finalizer(object, finalizer),
            false => meta::remove_finalizer(object, finalizer),
        }
    }
}

fn mark(txn: &Txn<'_>, target: &Target, object: &mut Value) {
    meta::set(object, "deletionTimestamp", meta::seconds(txn.now()));
    meta::set(object, "deletionGracePeriodSeconds", 0);
    if let Some(generation) = object["metadata"]["generation"].as_i64() {
        meta::set(object, "generation", generation + 1);
    }
    if target.kind.is("", "Namespace") {
        object["status"]["phase"] = "Terminating".into();
    }
}

fn check(target: &Target, current: &Value, options: &DeleteOptions) -> ApiResult<()> {
    let conflict = |why: String| Err(ApiError::precondition(&target.kind, &target.name, &why));
    let uid = meta::text(current, "uid");
    if let Some(wanted) = &options.uid
        && wanted != uid
    {
        return conflict(format!(
            "the UID in the precondition ({wanted}) does not match the UID in record ({uid}). \
             The object might have been deleted and then recreated"
        ));
    }
    let version = meta::text(current, "resourceVersion");
    if let Some(wanted) = &options.resource_version
        && wanted != version
    {
        return conflict(format!(
            "the ResourceVersion in the precondition ({wanted}) does not match the ResourceVersion in record \
             ({version}). The object might have been modified"
        ));
    }
    Ok(())
}

/// Whether something still holds an object that is being deleted.
pub(super) fn is_held(kind: &Kind, object: &Value) -> bool {
    let contents = || object["spec"]["finalizers"].as_array().is_some_and(|all| !all.is_empty());
    meta::finalizers(object).next().is_some() || (kind.is("", "Namespace") && contents())
}

/// Deletes every object of a collection that `selector` picks, and returns them as they were.
pub(crate) fn delete_collection(
    txn: &mut Txn<'_>,
    target: &Target,
    selector: &Selector,
    options: &DeleteOptions,
) -> ApiResult<Vec<Arc<Object>>> {
    let namespace = (!target.namespace.is_empty()).then_some(target.namespace.as_str());
    let mut deleted = Vec::new();
    for key in txn.keys(&target.kind.table(), namespace) {
        if txn.get(&key).is_some_and(|object| selector.picks(object.value())) {
            deleted.push(delete(txn, &target.at(&key), options)?.0);
        }
    }
    Ok(deleted)
}
