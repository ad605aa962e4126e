//! DELETE of an object and of a collection.

use std::sync::Arc;

use serde_json::Value;

use crate::{
    error::{ApiError, ApiResult},
    finalizers::{FOREGROUND_DELETION, ORPHAN_DEPENDENTS},
    kinds::Kind,
    meta,
    request::{DeleteOptions, Propagation, Target},
    selectors::Selector,
    store::{Object, Txn},
};

/// Deletes an object. An object with finalizers becomes terminating and is deleted with its last
/// finalizer. The flag says whether the object is gone.
pub(crate) fn delete(
    txn: &mut Txn<'_>,
    target: &Target,
    options: &DeleteOptions,
) -> ApiResult<(Arc<Object>, bool)> {
    let current =
        txn.get(&target.key()).ok_or_else(|| ApiError::not_found(&target.kind, &target.name))?;
    check_preconditions(target, current.value(), options)?;
    let mut object = current.value().clone();
    set_propagation(&mut object, options.propagation);
    let keeps_finalizers = has_finalizers(&target.kind, &object);
    if keeps_finalizers && !meta::is_terminating(&object) {
        mark_terminating(txn, target, &mut object);
    }
    if options.dry_run || (keeps_finalizers && object == *current.value()) {
        return Ok((current, !keeps_finalizers));
    }
    let key = target.key();
    Ok((
        if keeps_finalizers { txn.put(key, object) } else { txn.remove(key, object) },
        !keeps_finalizers,
    ))
}

/// Sets the garbage collector's finalizers according to `propagationPolicy`.
fn set_propagation(object: &mut Value, propagation: Option<Propagation>) {
    let Some(propagation) = propagation else { return };
    for (finalizer, policy) in
        [(FOREGROUND_DELETION, Propagation::Foreground), (ORPHAN_DEPENDENTS, Propagation::Orphan)]
    {
        match propagation == policy {
            true => meta::add_finalizer(object, finalizer),
            false => meta::remove_finalizer(object, finalizer),
        }
    }
}

fn mark_terminating(txn: &Txn<'_>, target: &Target, object: &mut Value) {
    meta::set(object, "deletionTimestamp", meta::format_time(txn.now()));
    meta::set(object, "deletionGracePeriodSeconds", 0);
    if let Some(generation) = object["metadata"]["generation"].as_i64() {
        meta::set(object, "generation", generation + 1);
    }
    if target.kind.is("", "Namespace") {
        object["status"]["phase"] = "Terminating".into();
    }
}

fn check_preconditions(target: &Target, current: &Value, options: &DeleteOptions) -> ApiResult<()> {
    let conflict =
        |why: String| Err(ApiError::failed_precondition(&target.kind, &target.name, &why));
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

/// Whether the object has finalizers, in its metadata or in the spec of a namespace.
pub(super) fn has_finalizers(kind: &Kind, object: &Value) -> bool {
    let in_spec = || object["spec"]["finalizers"].as_array().is_some_and(|all| !all.is_empty());
    meta::finalizers(object).next().is_some() || (kind.is("", "Namespace") && in_spec())
}

/// Deletes the objects of a collection that match `selector`, and returns them.
pub(crate) fn delete_collection(
    txn: &mut Txn<'_>,
    target: &Target,
    selector: &Selector,
    options: &DeleteOptions,
) -> ApiResult<Vec<Arc<Object>>> {
    let namespace = (!target.namespace.is_empty()).then_some(target.namespace.as_str());
    let mut deleted = Vec::new();
    for key in txn.keys(&target.kind.table(), namespace) {
        if txn.get(&key).is_some_and(|object| selector.matches(object.value())) {
            deleted.push(delete(txn, &target.with_key(&key), options)?.0);
        }
    }
    Ok(deleted)
}
