//! PATCH.

use std::{slice, sync::Arc};

use http::StatusCode;
use json_patch::{PatchError, PatchOperation};
use serde_json::{Value, json};

use super::{Target, WriteOptions, create, update};
use crate::{
    error::{ApiError, ApiResult, FieldError},
    meta,
    patch::{Applied, Manager, Shape, apply, strategic_merge},
    store::{Object, Txn},
};

/// A patch in one of its languages.
#[derive(Debug, Clone)]
pub(crate) enum Patch {
    /// RFC 6902.
    Json(json_patch::Patch),
    /// RFC 7386.
    Merge(Value),
    /// A merge that knows which lists have keys.
    Strategic(Value),
    /// The fields that their manager wants.
    Apply(Value),
}

/// Patches an object. The flag tells whether it was created.
pub(crate) fn patch(
    txn: &mut Txn<'_>,
    target: &Target,
    patch: Patch,
    options: &WriteOptions,
) -> ApiResult<(Arc<Object>, bool)> {
    let applies = matches!(patch, Patch::Apply(_));
    let options = WriteOptions { patches: true, applies, ..options.clone() };
    if let Patch::Apply(wanted) = &patch {
        check_apply(target, wanted, &options)?;
        if txn.get(&target.key()).is_none() && target.subresource.is_empty() {
            let mut object = applied(txn, target, None, wanted, &options)?;
            meta::set(&mut object, "name", target.name.as_str());
            return create(txn, target, object, &options).map(|made| (made, true));
        }
    }
    let now = txn.now();
    let change = |before: &Value| changed(before, patch, target, &options, now);
    update(txn, target, &options, change).map(|object| (object, false))
}

fn check_apply(target: &Target, wanted: &Value, options: &WriteOptions) -> ApiResult<()> {
    if options.field_manager.is_empty() {
        let missing = FieldError::required("fieldManager", "is required for apply patch");
        let mut error = ApiError::invalid(&target.kind, "", std::slice::from_ref(&missing));
        error.message =
            format!("PatchOptions.meta.k8s.io \"\" is invalid: fieldManager: {}", missing.message);
        return Err(error);
    }
    match wanted["metadata"]["managedFields"].as_array() {
        Some(entries) if !entries.is_empty() => {
            Err(ApiError::bad_request("metadata.managedFields must be nil"))
        }
        _ => Ok(()),
    }
}

fn changed(
    before: &Value,
    patch: Patch,
    target: &Target,
    options: &WriteOptions,
    now: jiff::Timestamp,
) -> ApiResult<Value> {
    let mut after = before.clone();
    match patch {
        Patch::Json(patch) => json_patched(&mut after, &patch).map_err(|_| {
            ApiError::unprocessable(
                "the server rejected our request due to an error in our request",
            )
        })?,
        Patch::Merge(change) => json_patch::merge(&mut after, &change),
        Patch::Strategic(_) if target.kind.custom.is_some() => {
            return Err(ApiError::unsupported_media_type(
                "application/json-patch+json, application/merge-patch+json, application/apply-patch+yaml",
            ));
        }
        Patch::Strategic(change) => {
            strategic_merge(&mut after, &change, Shape::of(&target.kind));
        }
        Patch::Apply(wanted) => after = merged(now, target, Some(before), &wanted, options)?,
    }
    Ok(after)
}

/// RFC 6902, except that a test for null passes where there is nothing: so does kube-apiserver's, and kube-runtime adds an
/// object's first finalizer that way.
fn json_patched(document: &mut Value, patch: &[PatchOperation]) -> Result<(), PatchError> {
    for operation in patch {
        if let PatchOperation::Test(test) = operation
            && test.value.is_null()
            && document.pointer(test.path.as_str()).is_none()
        {
            continue;
        }
        json_patch::patch(document, slice::from_ref(operation))?;
    }
    Ok(())
}

fn applied(
    txn: &Txn<'_>,
    target: &Target,
    before: Option<&Value>,
    wanted: &Value,
    options: &WriteOptions,
) -> ApiResult<Value> {
    merged(txn.now(), target, before, wanted, options)
}

fn merged(
    now: jiff::Timestamp,
    target: &Target,
    before: Option<&Value>,
    wanted: &Value,
    options: &WriteOptions,
) -> ApiResult<Value> {
    let manager = options.manager(target);
    let shape = Shape::of(&target.kind);
    match apply(before, &owned_part(target, wanted), shape, &manager, options.force, now) {
        Applied::Merged(object) => Ok(object),
        Applied::Conflicts(conflicts) => Err(conflict(&conflicts)),
    }
}

/// What this path writes of what was sent: a status through `/status`, and all else through the object.
fn owned_part(target: &Target, wanted: &Value) -> Value {
    let mut part = wanted.clone();
    if let Some(fields) = part.as_object_mut() {
        match target.subresource.as_str() {
            "status" => fields.retain(|name, _| {
                matches!(name.as_str(), "apiVersion" | "kind" | "metadata" | "status")
            }),
            _ if target.kind.status => {
                fields.remove("status");
            }
            _ => {}
        }
    }
    part
}

/// 409: other managers own what was to be changed.
fn conflict(conflicts: &[(Manager, String)]) -> ApiError {
    let who = |manager: &Manager| match manager.applies {
        true => format!("conflict with {:?}", manager.name),
        false => format!("conflict with {:?} using {}", manager.name, manager.api_version),
    };
    let each: Vec<String> =
        conflicts.iter().map(|(manager, field)| format!("{}: {field}", who(manager))).collect();
    let plural = if conflicts.len() == 1 { "conflict" } else { "conflicts" };
    let causes: Vec<Value> = conflicts
        .iter()
        .map(|(manager, field)| {
            json!({ "reason": "FieldManagerConflict", "message": who(manager), "field": field })
        })
        .collect();
    ApiError {
        code: StatusCode::CONFLICT,
        reason: "Conflict",
        message: format!("Apply failed with {} {plural}: {}", conflicts.len(), each.join(", ")),
        details: json!({ "causes": causes }),
    }
}
