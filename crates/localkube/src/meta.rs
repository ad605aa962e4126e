//! Functions that read and write `metadata`.

use jiff::{Timestamp, Unit};
use serde_json::{Map, Value};

/// A text field of the metadata; empty when it is absent.
pub(crate) fn text<'a>(object: &'a Value, field: &str) -> &'a str {
    object["metadata"][field].as_str().unwrap_or_default()
}

/// Sets a field of the metadata.
pub(crate) fn set(object: &mut Value, field: &str, value: impl Into<Value>) {
    object["metadata"][field] = value.into();
}

/// Removes a field of the metadata.
pub(crate) fn unset(object: &mut Value, field: &str) {
    if let Some(metadata) = object["metadata"].as_object_mut() {
        metadata.remove(field);
    }
}

/// Removes a list or map of the metadata if it is empty.
pub(crate) fn unset_if_empty(object: &mut Value, field: &str) {
    let value = &object["metadata"][field];
    let is_empty =
        value.as_array().is_some_and(Vec::is_empty) || value.as_object().is_some_and(Map::is_empty);
    if is_empty {
        unset(object, field);
    }
}

/// Whether the object has a `deletionTimestamp`.
pub(crate) fn is_terminating(object: &Value) -> bool {
    object["metadata"]["deletionTimestamp"].is_string()
}

/// The finalizers.
pub(crate) fn finalizers(object: &Value) -> impl Iterator<Item = &str> {
    object["metadata"]["finalizers"].as_array().into_iter().flatten().filter_map(Value::as_str)
}

/// Removes a finalizer.
pub(crate) fn remove_finalizer(object: &mut Value, finalizer: &str) {
    if let Some(all) = object["metadata"]["finalizers"].as_array_mut() {
        all.retain(|it| it != finalizer);
    }
    unset_if_empty(object, "finalizers");
}

/// Adds a finalizer, unless the object has it.
pub(crate) fn add_finalizer(object: &mut Value, finalizer: &str) {
    if finalizers(object).any(|it| it == finalizer) {
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

/// Formats a time for metadata: RFC 3339 with whole seconds.
pub(crate) fn format_time(at: Timestamp) -> String {
    at.round(Unit::Second).unwrap_or(at).strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// The object without the fields that every write changes: resourceVersion, generation and the
/// times in `managedFields`.
pub(crate) fn without_write_metadata(object: &Value) -> Value {
    let mut bare = object.clone();
    for field in ["resourceVersion", "generation"] {
        unset(&mut bare, field);
    }
    let entries = bare["metadata"]["managedFields"].as_array_mut().into_iter().flatten();
    entries.for_each(|entry| entry["time"] = Value::Null);
    bare
}

/// The fields of an object; empty for any other JSON value.
pub(crate) fn to_map(object: &Value) -> Map<String, Value> {
    object.as_object().cloned().unwrap_or_default()
}
