//! PUT, and what every change of an existing object goes through.

use std::sync::Arc;

use serde_json::{Value, json};

use super::{Target, WriteOptions, create, delete::is_held};
use crate::{
    admission,
    error::{ApiError, ApiResult, FieldError},
    meta,
    patch::{Shape, track},
    store::{Object, Txn},
};

/// Replaces an object, or its status.
pub(crate) fn replace(
    txn: &mut Txn<'_>,
    target: &Target,
    mut object: Value,
    options: &WriteOptions,
) -> ApiResult<(Arc<Object>, bool)> {
    admission::same_place(target, &mut object)?;
    let name = meta::text(&object, "name").to_owned();
    if name != target.name {
        return Err(ApiError::bad_request(format!(
            "the name of the object ({name}) does not match the name on the URL ({})",
            target.name
        )));
    }
    let rules = target.kind.rules;
    let current = txn.get(&target.key());
    if current.is_none() && rules.create_on_update && target.subresource.is_empty() {
        meta::unset(&mut object, "resourceVersion");
        return create(txn, target, object, options).map(|made| (made, true));
    }
    if let Some(current) = current {
        is_meant(target, current.value(), &object)?;
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

/// Changes an object (or its status) to what `change` makes of it.
pub(crate) fn update(
    txn: &mut Txn<'_>,
    target: &Target,
    options: &WriteOptions,
    change: impl FnOnce(&Value) -> ApiResult<Value>,
) -> ApiResult<Arc<Object>> {
    let key = target.key();
    let current = txn.get(&key).ok_or_else(|| ApiError::not_found(&target.kind, &target.name))?;
    let shown = target.kind.show(current.value());
    let before = shown.as_ref().unwrap_or(current.value());
    let mut after = change(before)?;
    admission::same_place(target, &mut after)?;
    same_object(target, before, &after)?;
    keep(target, before, &mut after);
    admission::admit(target, &mut after, Some(before), options)?;
    if !options.applies {
        let (shape, manager) = (Shape::of(&target.kind), options.manager(target));
        track(Some(before), &mut after, shape, &manager, txn.now());
    }
    if meta::without_bookkeeping(&after) == meta::without_bookkeeping(before) {
        return Ok(current);
    }
    count_generation(target, before, &mut after);
    target.kind.keep(&mut after);
    if options.dry_run {
        return Ok(Arc::new(Object::new(after, current.revision())));
    }
    Ok(write(txn, target, after))
}

/// Stores a changed object; one that is being deleted goes when nothing holds it any more.
pub(crate) fn write(txn: &mut Txn<'_>, target: &Target, object: Value) -> Arc<Object> {
    let gone = meta::is_deleting(&object) && !is_held(&target.kind, &object);
    let key = target.key();
    if gone { txn.remove(key, object) } else { txn.put(key, object) }
}

/// Refuses to replace another object of that name: the uid that comes with a whole object is a precondition.
fn is_meant(target: &Target, current: &Value, object: &Value) -> ApiResult<()> {
    let (old, new) = (meta::text(current, "uid"), meta::text(object, "uid"));
    if new.is_empty() || old == new {
        return Ok(());
    }
    let why = format!("Precondition failed: UID in precondition: {new}, UID in object meta: {old}");
    Err(ApiError::conflict(&target.kind, &target.name, &why))
}

/// Refuses a change that was decided on another state of the object, or that makes another object of it.
fn same_object(target: &Target, before: &Value, after: &Value) -> ApiResult<()> {
    let uid = meta::text(after, "uid");
    if !uid.is_empty() && uid != meta::text(before, "uid") {
        let error = FieldError::invalid("metadata.uid", &json!(uid), "field is immutable");
        return Err(ApiError::invalid(&target.kind, &target.name, &[error]));
    }
    let version = meta::text(after, "resourceVersion");
    if !version.is_empty() && version != meta::text(before, "resourceVersion") {
        return Err(ApiError::modified(&target.kind, &target.name));
    }
    let added: Vec<&str> = meta::finalizers(after)
        .filter(|finalizer| !meta::finalizers(before).any(|old| old == *finalizer))
        .collect();
    if meta::is_deleting(before) && !added.is_empty() {
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

/// Keeps what this write may not change: the server's metadata, and the status or everything but the status.
fn keep(target: &Target, before: &Value, after: &mut Value) {
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
    const SERVERS: [&str; 7] = [
        "uid",
        "creationTimestamp",
        "deletionTimestamp",
        "deletionGracePeriodSeconds",
        "generation",
        "resourceVersion",
        "selfLink",
    ];
    for field in SERVERS {
        match before["metadata"].get(field) {
            Some(value) => meta::set(after, field, value.clone()),
            None => meta::unset(after, field),
        }
    }
    if after["metadata"]["managedFields"].is_null() {
        meta::unset(after, "managedFields");
    }
}

/// Bumps the generation when what people ask for has changed.
fn count_generation(target: &Target, before: &Value, after: &mut Value) {
    if !target.kind.rules.generation {
        return;
    }
    let asked = |object: &Value| {
        let mut fields = meta::fields(object);
        fields.remove("metadata");
        if target.kind.status {
            fields.remove("status");
        }
        fields
    };
    if asked(before) != asked(after) {
        let generation = before["metadata"]["generation"].as_i64().unwrap_or_default();
        meta::set(after, "generation", generation + 1);
    }
}
