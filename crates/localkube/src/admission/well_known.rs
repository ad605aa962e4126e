//! What the server itself adds to objects of some built-in kinds.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{Value, json};

use crate::{
    api::Target, controllers::CLEANUP, error::FieldError, kinds::accepted_names, meta,
    schema::check_definition,
};

/// A namespace is held by its contents, and labelled with its name.
pub(super) fn namespace(target: &Target, object: &mut Value, new: bool) {
    object["metadata"]["labels"]["kubernetes.io/metadata.name"] = target.name.as_str().into();
    if new {
        object["spec"]["finalizers"] = json!(["kubernetes"]);
        object["status"]["phase"] = "Active".into();
    }
}

/// A secret's `stringData` becomes `data`.
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

/// A definition is established at once, and held by its custom resources.
pub(super) fn definition(object: &mut Value) -> Vec<FieldError> {
    let names = accepted_names(&object["spec"]);
    object["spec"]["names"] = names.clone();
    if object["spec"]["conversion"].is_null() {
        object["spec"]["conversion"] = json!({ "strategy": "None" });
    }
    let errors = check_definition(object);
    if errors.is_empty() {
        if !meta::is_deleting(object) {
            meta::add_finalizer(object, CLEANUP);
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
