//! Reads and writes `metadata`.

use jiff::{Timestamp, Unit};
use serde_json::{Map, Value};

/// The object's metadata.
pub(crate) fn text<'a>(object: &'a Value, field: &str) -> &'a str {
    object["metadata"][field].as_str().unwrap_or_default()
}

/// Sets a field of the object's metadata.
pub(crate) fn set(object: &mut Value, field: &str, value: impl Into<Value>) {
    object["metadata"][field] = value.into();
}

/// Removes a field of the object's metadata.
pub(crate) fn unset(object: &mut Value, field: &str) {
    if let Some(metadata) = object["metadata"].as_object_mut() {
        metadata.remove(field);
    }
}

/// Removes a list or map of the object's metadata that holds nothing.
pub(crate) fn unset_if_empty(object: &mut Value, field: &str) {
    let value = &object["metadata"][field];
    let is_empty =
        value.as_array().is_some_and(Vec::is_empty) || value.as_object().is_some_and(Map::is_empty);
    if is_empty {
        unset(object, field);
    }
}

/// Whether the object is being deleted.
pub(crate) fn is_deleting(object: &Value) -> bool {
    object["metadata"]["deletionTimestamp"].is_string()
}

/// The finalizers that still hold the object.
pub(crate) fn finalizers(object: &Value) -> impl Iterator<Item = &str> {
    object["metadata"]["finalizers"].as_array().into_iter().flatten().filter_map(Value::as_str)
}

/// Drops a finalizer.
pub(crate) fn remove_finalizer(object: &mut Value, finalizer: &str) {
    if let Some(all) = object["metadata"]["finalizers"].as_array_mut() {
        all.retain(|one| one != finalizer);
    }
    unset_if_empty(object, "finalizers");
}

/// Puts a finalizer on, once.
pub(crate) fn add_finalizer(object: &mut Value, finalizer: &str) {
    if finalizers(object).any(|one| one == finalizer) {
        return;
    }
    match object["metadata"]["finalizers"].as_array_mut() {
        Some(all) => all.push(finalizer.into()),
        None => set(object, "finalizers", vec![finalizer]),
    }
}

/// The owner references.
pub(crate) fn owners(object: &Value) -> &[Value] {
    object["metadata"]["ownerReferences"].as_array().map(Vec::as_slice).unwrap_or_default()
}

/// A time as Kubernetes writes it in metadata: whole seconds.
pub(crate) fn seconds(at: Timestamp) -> String {
    at.round(Unit::Second).unwrap_or(at).strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// The object without what only the server writes in metadata at every write.
pub(crate) fn without_bookkeeping(object: &Value) -> Value {
    let mut bare = object.clone();
    for field in ["resourceVersion", "generation"] {
        unset(&mut bare, field);
    }
    let entries = bare["metadata"]["managedFields"].as_array_mut().into_iter().flatten();
    entries.for_each(|entry| entry["time"] = Value::Null);
    bare
}

/// The object as a map; an empty one for anything else.
pub(crate) fn fields(object: &Value) -> Map<String, Value> {
    object.as_object().cloned().unwrap_or_default()
}
