//! Fields that the server itself sets on namespaces, secrets and CustomResourceDefinitions.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{Value, json};

use crate::{
    field_error::FieldError, finalizers::CUSTOM_RESOURCE_CLEANUP, kinds::accepted_names, meta,
    request::Target, schema::check_definition,
};

/// Adds the label with the name and, to a new namespace, finalizer and phase.
pub(super) fn namespace(target: &Target, object: &mut Value, new: bool) {
    object["metadata"]["labels"]["kubernetes.io/metadata.name"] = target.name.as_str().into();
    if new {
        object["spec"]["finalizers"] = json!(["kubernetes"]);
        object["status"]["phase"] = "Active".into();
    }
}

/// Moves `stringData` to `data` and sets the default type.
pub(super) fn secret(object: &mut Value) {
    let plain = object["stringData"].take();
    for (key, text) in plain.as_object().into_iter().flatten() {
        let text = text.as_str().unwrap_or_default();
        object["data"][key] = STANDARD.encode(text).into();
    }
    if let Some(fields) = object.as_object_mut() {
        fields.remove("stringData");
        fields.entry("type").or_insert_with(|| "Opaque".into());
    }
}

/// Validates a definition, adds its finalizer and sets its status to established.
pub(super) fn definition(object: &mut Value) -> Vec<FieldError> {
    let names = accepted_names(&object["spec"]);
    object["spec"]["names"] = names.clone();
    if object["spec"]["conversion"].is_null() {
        object["spec"]["conversion"] = json!({ "strategy": "None" });
    }
    let errors = check_definition(object);
    if errors.is_empty() {
        if !meta::is_terminating(object) {
            meta::add_finalizer(object, CUSTOM_RESOURCE_CLEANUP);
        }
        establish(object, names);
    }
    errors
}

fn establish(definition: &mut Value, names: Value) {
    let since = definition["metadata"]["creationTimestamp"].clone();
    let condition = |kind: &str, reason: &str, message: &str| {
        json!({
            "type": kind, "status": "True", "reason": reason, "message": message,
            "lastTransitionTime": since,
        })
    };
    let versions = definition["spec"]["versions"].as_array().into_iter().flatten();
    let stored: Vec<&Value> = versions
        .filter(|version| version["storage"] == true)
        .map(|version| &version["name"])
        .collect();
    definition["status"] = json!({
        "acceptedNames": names,
        "conditions": [
            condition("NamesAccepted", "NoConflicts", "no conflicts found"),
            condition("Established", "InitialNamesAccepted", "the initial names have been accepted"),
        ],
        "storedVersions": stored,
    });
}
