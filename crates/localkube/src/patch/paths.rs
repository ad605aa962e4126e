//! Sets of field paths and their encoding in `managedFields` (`FieldsV1`).

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::shape::{Shape, identity};
use crate::schema::ListKind;

/// The path of a field. Each step is encoded as in `FieldsV1`: `f:NAME`, `k:{KEYS}` or `v:VALUE`.
pub(super) type Path = Vec<String>;

/// A set of fields.
pub(super) type Paths = BTreeSet<Path>;

/// The metadata fields that have no manager.
const UNMANAGED: [&str; 12] = [
    "name",
    "namespace",
    "generateName",
    "uid",
    "resourceVersion",
    "generation",
    "creationTimestamp",
    "deletionTimestamp",
    "deletionGracePeriodSeconds",
    "managedFields",
    "selfLink",
    "clusterName",
];

/// The fields that `object` sets.
pub(super) fn of(object: &Value, shape: Shape<'_>) -> Paths {
    let mut managed = object.clone();
    if let Some(fields) = managed.as_object_mut() {
        fields.remove("apiVersion");
        fields.remove("kind");
        if let Some(metadata) = fields.get_mut("metadata").and_then(Value::as_object_mut) {
            metadata.retain(|name, _| !UNMANAGED.contains(&name.as_str()));
            if metadata.is_empty() {
                fields.remove("metadata");
            }
        }
    }
    let mut paths = Paths::new();
    collect(&managed, shape, &mut Vec::new(), &mut paths);
    paths.remove(&Path::new());
    paths
}

fn collect(value: &Value, shape: Shape<'_>, path: &mut Path, paths: &mut Paths) {
    match value {
        Value::Object(fields) if !fields.is_empty() && !shape.is_atomic_map() => {
            for (name, value) in fields {
                let shape = shape.field(name, path.is_empty());
                path.push(format!("f:{name}"));
                collect(value, shape, path, paths);
                path.pop();
            }
        }
        Value::Array(items) if shape.list_kind(items) != ListKind::Atomic => {
            let kind = shape.list_kind(items);
            for item in items {
                path.push(step(&kind, item));
                paths.insert(path.clone());
                if item.is_object() {
                    collect(item, shape.item(), path, paths);
                }
                path.pop();
            }
        }
        _ => {
            paths.insert(path.clone());
        }
    }
}

/// The step to a list item.
fn step(kind: &ListKind, item: &Value) -> String {
    let id = identity(kind, item).unwrap_or_default();
    if *kind == ListKind::Set { format!("v:{id}") } else { format!("k:{id}") }
}

/// The value at a path; `None` when it is absent.
pub(super) fn get<'a>(object: &'a Value, path: &[String]) -> Option<&'a Value> {
    path.iter().try_fold(object, |value, step| match step.split_at_checked(2)? {
        ("f:", name) => value.get(name),
        (_, id) => value.as_array()?.iter().find(|item| is_item(item, step, id)),
    })
}

fn is_item(item: &Value, step: &str, id: &str) -> bool {
    let id: Value = serde_json::from_str(id).unwrap_or_default();
    match id.as_object().filter(|_| step.starts_with("k:")) {
        Some(keys) => keys.iter().all(|(key, value)| {
            item.get(key).map_or(key == "protocol" && value == "TCP", |found| found == value)
        }),
        None => *item == id,
    }
}

/// Removes the value at a path, and the lists and maps that become empty.
pub(super) fn remove(object: &mut Value, path: &[String]) {
    let Some((step, rest)) = path.split_first() else { return };
    let Some((step_type, name)) = step.split_at_checked(2) else { return };
    match object {
        Value::Object(fields) if step_type == "f:" => {
            if let Some(value) = fields.get_mut(name) {
                remove(value, rest);
                if rest.is_empty() || is_empty(value) {
                    fields.remove(name);
                }
            }
        }
        Value::Array(items) => {
            let Some(at) = items.iter().position(|item| is_item(item, step, name)) else { return };
            match rest.is_empty() {
                true => {
                    items.remove(at);
                }
                false => items.get_mut(at).into_iter().for_each(|item| remove(item, rest)),
            }
        }
        _ => {}
    }
}

fn is_empty(value: &Value) -> bool {
    value.as_object().is_some_and(Map::is_empty) || value.as_array().is_some_and(Vec::is_empty)
}

/// Encodes a set as `FieldsV1`.
pub(super) fn to_json(paths: &Paths) -> Value {
    let mut root = Value::Object(Map::new());
    for path in paths {
        let mut node = &mut root;
        for step in path {
            node = &mut node[step.as_str()];
            if node.is_null() {
                *node = Value::Object(Map::new());
            }
        }
        let is_item = path.last().is_some_and(|step| !step.starts_with("f:"));
        if is_item {
            node["."] = Value::Object(Map::new());
        }
    }
    root
}

/// Decodes a set from `FieldsV1`.
pub(super) fn from_json(json: &Value) -> Paths {
    let mut paths = Paths::new();
    decode(json, &mut Vec::new(), &mut paths);
    paths
}

fn decode(json: &Value, path: &mut Path, paths: &mut Paths) {
    let Some(fields) = json.as_object() else { return };
    if fields.is_empty() || fields.contains_key(".") {
        paths.insert(path.clone());
    }
    for (step, below) in fields.iter().filter(|(step, _)| *step != ".") {
        path.push(step.clone());
        decode(below, path, paths);
        path.pop();
    }
}

/// A path in the syntax of conflict messages: `.spec.ports[port=80,protocol="TCP"].name`.
pub(super) fn printed(path: &Path) -> String {
    path.iter()
        .map(|step| match step.split_at_checked(2) {
            Some(("f:", name)) => format!(".{name}"),
            Some(("k:", id)) => {
                let keys: Map<String, Value> = serde_json::from_str(id).unwrap_or_default();
                let keys: Vec<String> = keys.iter().map(|(k, v)| format!("{k}={v}")).collect();
                format!("[{}]", keys.join(","))
            }
            Some((_, id)) => format!("[={id}]"),
            None => String::new(),
        })
        .collect()
}
