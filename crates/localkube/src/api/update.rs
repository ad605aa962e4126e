//! PUT, and the steps that every update of an object shares.

use std::sync::Arc;

use serde_json::{Value, json};

use super::{create, delete::has_finalizers};
use crate::{
    admission,
    error::{ApiError, ApiResult},
    field_error::FieldError,
    meta,
    patch::{Shape, track},
    request::{Target, WriteOptions},
    store::{Object, Txn},
};

/// Replaces an object or its status. The flag says whether the object was created.
pub(crate) fn replace(
    txn: &mut Txn<'_>,
    target: &Target,
    mut object: Value,
    options: &WriteOptions,
) -> ApiResult<(Arc<Object>, bool)> {
    admission::match_target(target, &mut object)?;
    let name = meta::text(&object, "name").to_owned();
    if name != target.name {
        return Err(ApiError::bad_request(format!(
            "the name of the object ({name}) does not match the name on the URL ({})",
            target.name
        )));
    }
    let rules = target.kind.write_rules;
    let current = txn.get(&target.key());
    if current.is_none() && rules.create_on_update && target.subresource.is_empty() {
        meta::unset(&mut object, "resourceVersion");
        return create(txn, target, object, options).map(|made| (made, true));
    }
    if let Some(current) = current {
        check_uid(target, current.value(), &object)?;
    }
    if meta::text(&object, "resourceVersion").is_empty() && !rules.unconditional_update {
        let missing = FieldError::invalid(
            "metadata.resourceVersion",
            &json!(0),
            "must be specified for an update",
        );
        return Err(ApiError::invalid(&target.kind, &target.name, &[missing]));
    }
    update(txn, target, options, |_| Ok(object)).map(|changed| (changed, false))
}

/// Replaces an object or its status by the result of `change`.
pub(crate) fn update(
    txn: &mut Txn<'_>,
    target: &Target,
    options: &WriteOptions,
    change: impl FnOnce(&Value) -> ApiResult<Value>,
) -> ApiResult<Arc<Object>> {
    let key = target.key();
    let current = txn.get(&key).ok_or_else(|| ApiError::not_found(&target.kind, &target.name))?;
    let served = target.kind.to_served(current.value());
    let before = served.as_ref().unwrap_or(current.value());
    let mut after = change(before)?;
    admission::match_target(target, &mut after)?;
    check_identity(target, before, &after)?;
    restore_fixed_fields(target, before, &mut after);
    admission::admit(target, &mut after, Some(before), options)?;
    if !options.is_apply {
        let (shape, manager) = (Shape::of(&target.kind), options.manager(target));
        track(Some(before), &mut after, shape, &manager, txn.now());
    }
    if meta::without_write_metadata(&after) == meta::without_write_metadata(before) {
        return Ok(current);
    }
    update_generation(target, before, &mut after);
    target.kind.convert_to_stored(&mut after);
    if options.dry_run {
        return Ok(Arc::new(Object::new(after, current.revision())));
    }
    Ok(write(txn, target, after))
}

/// Stores a changed object, or removes it when it is terminating and has no finalizer left.
pub(crate) fn write(txn: &mut Txn<'_>, target: &Target, object: Value) -> Arc<Object> {
    let is_finished = meta::is_terminating(&object) && !has_finalizers(&target.kind, &object);
    let key = target.key();
    if is_finished { txn.remove(key, object) } else { txn.put(key, object) }
}

/// Refuses to replace an object with another uid than the request names.
fn check_uid(target: &Target, current: &Value, object: &Value) -> ApiResult<()> {
    let (old, new) = (meta::text(current, "uid"), meta::text(object, "uid"));
    if new.is_empty() || old == new {
        return Ok(());
    }
    let why = format!("Precondition failed: UID in precondition: {new}, UID in object meta: {old}");
    Err(ApiError::conflict(&target.kind, &target.name, &why))
}

/// Refuses an outdated resourceVersion, another uid, and new finalizers on a terminating object.
fn check_identity(target: &Target, before: &Value, after: &Value) -> ApiResult<()> {
    let version = meta::text(after, "resourceVersion");
    if !version.is_empty() && version != meta::text(before, "resourceVersion") {
        return Err(ApiError::modified(&target.kind, &target.name));
    }
    let uid = meta::text(after, "uid");
    if !uid.is_empty() && uid != meta::text(before, "uid") {
        let error = FieldError::invalid("metadata.uid", &json!(uid), "field is immutable");
        return Err(ApiError::invalid(&target.kind, &target.name, &[error]));
    }
    let added: Vec<&str> = meta::finalizers(after)
        .filter(|finalizer| !meta::finalizers(before).any(|old| old == *finalizer))
        .collect();
    if meta::is_terminating(before) && !added.is_empty() {
        let why = format!(
            "no new finalizers can be added if the object is being deleted, found new finalizers \
             []string{{{}}}",
            added.iter().map(|f| format!("{f:?}")).collect::<Vec<_>>().join(", ")
        );
        let error = FieldError::forbidden("metadata.finalizers", why);
        return Err(ApiError::invalid(&target.kind, &target.name, &[error]));
    }
    Ok(())
}

/// Restores what the request may not change: the metadata that the server sets, and the status or
/// all but the status.
fn restore_fixed_fields(target: &Target, before: &Value, after: &mut Value) {
    if target.subresource == "status" {
        let status = after["status"].take();
        let managed = after["metadata"]["managedFields"].take();
        *after = before.clone();
        meta::set(after, "managedFields", managed);
        after["status"] = status;
    } else if target.kind.status {
        after["status"] = before["status"].clone();
    }
    if after["status"].is_null()
        && let Some(fields) = after.as_object_mut()
    {
        fields.remove("status");
    }
    const SERVER_FIELDS: [&str; 7] = [
        "uid",
        "creationTimestamp",
        "deletionTimestamp",
        "deletionGracePeriodSeconds",
        "generation",
        "resourceVersion",
        "selfLink",
    ];
    for field in SERVER_FIELDS {
        match before["metadata"].get(field) {
            Some(value) => meta::set(after, field, value.clone()),
            None => meta::unset(after, field),
        }
    }
    if after["metadata"]["managedFields"].is_null() {
        meta::unset(after, "managedFields");
    }
}

/// Increments the generation when more than metadata and status has changed.
fn update_generation(target: &Target, before: &Value, after: &mut Value) {
    if !target.kind.write_rules.generation {
        return;
    }
    let counted_fields = |object: &Value| {
        let mut fields = meta::to_map(object);
        fields.remove("metadata");
        if target.kind.status {
            fields.remove("status");
        }
        fields
    };
    if counted_fields(before) != counted_fields(after) {
        let generation = before["metadata"]["generation"].as_i64().unwrap_or_default();
        meta::set(after, "generation", generation + 1);
    }
}
