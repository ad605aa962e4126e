//! Strategic merge patch, which kubectl sends for built-in kinds.

use serde_json::{Map, Value};

use super::shape::{Shape, identity};
use crate::schema::ListKind;

/// Merges `patch` into `value`. Lists with keys are merged item by item, other lists are replaced.
pub(crate) fn strategic_merge(value: &mut Value, patch: &Value, shape: Shape<'_>) {
    let Some(changes) = patch.as_object() else {
        *value = patch.clone();
        return;
    };
    if changes.get("$patch").is_some_and(|how| how == "replace") || !value.is_object() {
        *value = Value::Object(Map::new());
    }
    let Some(fields) = value.as_object_mut() else { return };
    for (name, change) in changes {
        if let Some(list) = name.strip_prefix("$deleteFromPrimitiveList/") {
            let removed = change.as_array().map(Vec::as_slice).unwrap_or_default();
            let list = fields.get_mut(list).and_then(Value::as_array_mut);
            list.into_iter().for_each(|items| items.retain(|item| !removed.contains(item)));
        } else if let Value::Null = change {
            fields.remove(name);
        } else if !name.starts_with('$') {
            merge_field(
                fields.entry(name.clone()).or_insert(Value::Null),
                change,
                shape.field(name, false),
            );
        }
    }
    if let Some(kept) = changes.get("$retainKeys").and_then(Value::as_array) {
        fields.retain(|name, _| kept.iter().any(|it| it == name.as_str()));
    }
}

fn merge_field(value: &mut Value, change: &Value, shape: Shape<'_>) {
    match change {
        Value::Object(_) => strategic_merge(value, change, shape),
        Value::Array(items) => {
            let present = value.as_array().map(Vec::as_slice).unwrap_or_default();
            let kind = match shape.list_kind(items) {
                ListKind::Atomic => shape.list_kind(present),
                kind => kind,
            };
            *value = merge_list(present, items, &kind, shape).into();
        }
        _ => *value = change.clone(),
    }
}

fn merge_list(
    present: &[Value],
    changes: &[Value],
    kind: &ListKind,
    shape: Shape<'_>,
) -> Vec<Value> {
    if *kind == ListKind::Atomic || changes.iter().any(|item| item["$patch"] == "replace") {
        return changes.iter().filter(|item| item["$patch"].is_null()).cloned().collect();
    }
    let mut merged = present.to_vec();
    for change in changes {
        let id = identity(kind, change);
        let at = merged.iter().position(|item| identity(kind, item) == id);
        match at {
            Some(at) if change["$patch"] == "delete" => {
                merged.remove(at);
            }
            Some(at) => strategic_merge(&mut merged[at], change, shape.item()),
            None if change["$patch"] == "delete" => {}
            None => merged.push(change.clone()),
        }
    }
    merged
}
