//! DELETE, of one object and of a collection.

use std::sync::Arc;

use serde_json::Value;

use super::{DeleteOptions, Target};
use crate::{
    error::{ApiError, ApiResult},
    meta,
    selectors::Selector,
    store::{Key, Object, Txn},
};

/// Deletes an object: it goes at once, or is marked and goes with its last finalizer. The flag tells whether it is gone.
pub(crate) fn delete(
    txn: &mut Txn<'_>,
    target: &Target,
    options: &DeleteOptions,
) -> ApiResult<(Arc<Object>, bool)> {
    let key = target.key();
    let current = txn.get(&key).ok_or_else(|| ApiError::not_found(&target.kind, &target.name))?;
    check(target, current.value(), options)?;
    if options.dry_run {
        return Ok((current, true));
    }
    let held = is_held(current.value());
    if meta::is_deleting(current.value()) && held {
        return Ok((current, false));
    }
    let mut marked = current.value().clone();
    if !held {
        return Ok((txn.remove(key, marked), true));
    }
    meta::set(&mut marked, "deletionTimestamp", meta::seconds(txn.now()));
    meta::set(&mut marked, "deletionGracePeriodSeconds", 0);
    if let Some(generation) = marked["metadata"]["generation"].as_i64() {
        meta::set(&mut marked, "generation", generation + 1);
    }
    if target.kind.name == "Namespace" && target.kind.group.is_empty() {
        marked["status"]["phase"] = "Terminating".into();
    }
    Ok((txn.put(key, marked), false))
}

fn check(target: &Target, current: &Value, options: &DeleteOptions) -> ApiResult<()> {
    let conflict = |why: String| Err(ApiError::conflict(&target.kind, &target.name, &why));
    let uid = meta::text(current, "uid");
    if let Some(wanted) = &options.uid
        && wanted != uid
    {
        return conflict(format!(
            "Precondition failed: UID in precondition: {wanted}, UID in object meta: {uid}"
        ));
    }
    let version = meta::text(current, "resourceVersion");
    if let Some(wanted) = &options.resource_version
        && wanted != version
    {
        return conflict(format!(
            "Precondition failed: ResourceVersion in precondition: {wanted}, ResourceVersion in object meta: {version}"
        ));
    }
    Ok(())
}

/// Whether something still holds an object that is being deleted.
fn is_held(object: &Value) -> bool {
    meta::finalizers(object).next().is_some()
        || object["spec"]["finalizers"].as_array().is_some_and(|all| !all.is_empty())
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
