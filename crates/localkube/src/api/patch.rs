//! PATCH: changes an object with a patch of any type.

use std::{slice, sync::Arc};

use http::StatusCode;
use json_patch::{PatchError, PatchOperation};
use serde_json::{Value, json};

use super::{create, update};
use crate::{
    error::{ApiError, ApiResult},
    field_error::FieldError,
    meta,
    patch::{Applied, Manager, Shape, apply, strategic_merge},
    request::{Target, WriteOptions},
    store::{Object, Txn},
};

/// A patch, by its media type.
#[derive(Debug, Clone)]
pub(crate) enum Patch {
    /// JSON patch (RFC 6902).
    Json(json_patch::Patch),
    /// JSON merge patch (RFC 7386).
    Merge(Value),
    /// Strategic merge patch, which merges lists by their keys.
    Strategic(Value),
    /// Server-side apply: the fields that the manager wants to own.
    Apply(Value),
}

/// Patches an object. The flag says whether the object was created.
pub(crate) fn patch(
    txn: &mut Txn<'_>,
    target: &Target,
    patch: Patch,
    options: &WriteOptions,
) -> ApiResult<(Arc<Object>, bool)> {
    let is_apply = matches!(patch, Patch::Apply(_));
    let options = WriteOptions { is_patch: true, is_apply, ..options.clone() };
    if let Patch::Apply(wanted) = &patch {
        check_apply(target, wanted, &options)?;
        if txn.get(&target.key()).is_none() && target.subresource.is_empty() {
            let mut object = merged(txn.now(), target, None, wanted, &options)?;
            meta::set(&mut object, "name", target.name.as_str());
            return create(txn, target, object, &options).map(|made| (made, true));
        }
    }
    let now = txn.now();
    let change = |before: &Value| patched(before, patch, target, &options, now);
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

fn patched(
    before: &Value,
    patch: Patch,
    target: &Target,
    options: &WriteOptions,
    now: jiff::Timestamp,
) -> ApiResult<Value> {
    let mut after = before.clone();
    match patch {
        Patch::Json(patch) => apply_json_patch(&mut after, &patch).map_err(|_| {
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

/// Applies a JSON patch. Unlike in RFC 6902, a test for null passes when the value is absent:
/// kube-apiserver does the same, and kube-runtime adds the first finalizer that way.
fn apply_json_patch(document: &mut Value, patch: &[PatchOperation]) -> Result<(), PatchError> {
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

/// The object with the fields of a server-side apply, or a 409.
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

/// The part of the request that its path writes: only the status, or all but the status.
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

/// 409: other managers own fields that the patch would change.
fn conflict(conflicts: &[(Manager, String)]) -> ApiError {
    let who = |manager: &Manager| match manager.is_apply {
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
