//! What every write goes through before it is stored.

use serde_json::{Value, json};

use crate::{
    api::{Target, WriteOptions},
    error::{ApiError, ApiResult},
    kinds::accepted_names,
    meta,
    store::{Key, Txn},
};

/// Makes sure that the object is of the kind and in the place that the path names.
pub(crate) fn same_place(target: &Target, object: &mut Value) -> ApiResult<()> {
    if !object.is_object() {
        return Err(ApiError::bad_request("the object provided is not a JSON object"));
    }
    let kind = &target.kind;
    let given = |field: &str| object[field].as_str().unwrap_or_default().to_owned();
    let (given_version, given_kind) = (given("apiVersion"), given("kind"));
    if !given_kind.is_empty() && given_kind != kind.name {
        return Err(ApiError::bad_request(format!(
            "{given_kind} in version {:?} cannot be handled as a {}: the path is for {}",
            given_version, kind.name, kind.name
        )));
    }
    if !given_version.is_empty() && given_version != kind.api_version() {
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

/// Refuses new objects in a namespace that does not exist or is going away.
pub(crate) fn namespace_takes_new_objects(txn: &Txn<'_>, target: &Target) -> ApiResult<()> {
    if !target.kind.namespaced {
        return Ok(());
    }
    let Some(kind) = txn.registry().by_path("", "v1", "namespaces") else { return Ok(()) };
    let namespace = txn
        .get(&Key::new(kind.table(), "", &target.namespace))
        .ok_or_else(|| ApiError::not_found(&kind, &target.namespace))?;
    if !meta::is_deleting(namespace.value()) {
        return Ok(());
    }
    let why = format!(
        "unable to create new content in namespace {} because it is being terminated",
        target.namespace
    );
    Err(ApiError::forbidden(&target.kind, &target.name, &why))
}

/// Completes and checks an object that is about to be written. `before` is what it replaces.
pub(crate) fn admit(
    _txn: &Txn<'_>,
    target: &Target,
    object: &mut Value,
    before: Option<&Value>,
    _options: &WriteOptions,
) -> ApiResult<()> {
    if target.kind.name == "Namespace" && target.kind.group.is_empty() && before.is_none() {
        object["spec"]["finalizers"] = json!(["kubernetes"]);
        object["status"]["phase"] = "Active".into();
        object["metadata"]["labels"]["kubernetes.io/metadata.name"] = target.name.as_str().into();
    }
    if target.kind.name == "CustomResourceDefinition" {
        establish(object);
    }
    Ok(())
}

fn establish(definition: &mut Value) {
    let names = accepted_names(&definition["spec"]);
    definition["spec"]["names"] = names.clone();
    let now = definition["metadata"]["creationTimestamp"].clone();
    let condition = |kind: &str, reason: &str, message: &str| json!({ "type": kind, "status": "True", "reason": reason, "message": message, "lastTransitionTime": now });
    definition["status"] = json!({
        "acceptedNames": names,
        "conditions": [
            condition("NamesAccepted", "NoConflicts", "no conflicts found"),
            condition("Established", "InitialNamesAccepted", "the initial names have been accepted"),
        ],
        "storedVersions": definition["spec"]["versions"].as_array().into_iter().flatten()
            .filter(|version| version["storage"] == true).map(|version| version["name"].clone()).collect::<Vec<_>>(),
    });
}
