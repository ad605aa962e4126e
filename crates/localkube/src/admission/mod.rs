//! Admission: completes and validates an object before it is stored.

mod fields;
mod names;
mod well_known;

use serde_json::{Value, json};

use crate::{
    error::{ApiError, ApiResult},
    meta,
    request::{Target, WriteOptions},
    store::{Key, Txn},
};

/// Checks that the kind and namespace of the object match the path, and sets them where absent.
pub(crate) fn match_target(target: &Target, object: &mut Value) -> ApiResult<()> {
    if !object.is_object() {
        return Err(ApiError::bad_request("the object provided is not a JSON object"));
    }
    let kind = &target.kind;
    let given = |field: &str| object[field].as_str().unwrap_or_default().to_owned();
    let (given_version, given_kind) = (given("apiVersion"), given("kind"));
    // A built-in object may omit kind and apiVersion, a custom resource may not.
    let requires_type = kind.custom.is_some();
    if requires_type && given_kind.is_empty() {
        return Err(ApiError::bad_request(format!(
            "the object provided is unrecognized (must be of type {}): Object 'Kind' is missing in '{object}'",
            kind.name
        )));
    }
    if !given_kind.is_empty() && given_kind != kind.name {
        return Err(ApiError::bad_request(format!(
            "{given_kind} in version {:?} cannot be handled as a {}: the path is for {}",
            given_version, kind.name, kind.name
        )));
    }
    if (requires_type || !given_version.is_empty()) && given_version != kind.api_version() {
        return Err(ApiError::bad_request(format!(
            "the API version in the data ({given_version}) does not match the expected API version ({})",
            kind.api_version()
        )));
    }
    object["apiVersion"] = kind.api_version().into();
    object["kind"] = kind.name.as_str().into();
    if !object["metadata"].is_object() {
        object["metadata"] = json!({});
    }
    let namespace = meta::text(object, "namespace");
    if !namespace.is_empty() && namespace != target.namespace {
        return Err(ApiError::bad_request(
            "the namespace of the provided object does not match the namespace sent on the request",
        ));
    }
    if kind.namespaced {
        meta::set(object, "namespace", target.namespace.as_str());
    }
    Ok(())
}

/// Refuses new objects in a namespace that does not exist or is terminating.
pub(crate) fn check_namespace(txn: &Txn<'_>, target: &Target) -> ApiResult<()> {
    if !target.kind.namespaced {
        return Ok(());
    }
    let Some(kind) = txn.registry().by_path("", "v1", "namespaces") else { return Ok(()) };
    let namespace = txn
        .get(&Key::new(kind.table(), "", &target.namespace))
        .ok_or_else(|| ApiError::not_found(&kind, &target.namespace))?;
    if !meta::is_terminating(namespace.value()) {
        return Ok(());
    }
    let why = format!(
        "unable to create new content in namespace {} because it is being terminated",
        target.namespace
    );
    Err(ApiError::forbidden(&target.kind, &target.name, &why))
}

/// Completes and validates an object. `before` is the object that it replaces.
pub(crate) fn admit(
    target: &Target,
    object: &mut Value,
    before: Option<&Value>,
    options: &WriteOptions,
) -> ApiResult<()> {
    fields::normalize_metadata(object)?;
    if let Some(round_trip) = target.kind.round_trip {
        fields::normalize_built_in(round_trip, object, options)?;
    }
    let mut errors = names::validate(&target.kind, object);
    if let Some(custom) = &target.kind.custom {
        errors.extend(fields::normalize_custom(custom, object, before, options)?);
    }
    match (target.kind.group.as_str(), target.kind.name.as_str()) {
        ("", "Namespace") => well_known::namespace(target, object, before.is_none()),
        ("", "Secret") => well_known::secret(object),
        ("apiextensions.k8s.io", _) => errors.extend(well_known::definition(object)),
        _ => {}
    }
    match errors.is_empty() {
        true => Ok(()),
        false => Err(ApiError::invalid(&target.kind, &target.name, &errors)),
    }
}
