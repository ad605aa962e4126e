//! The `Table` that `kubectl get` prints.

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::{age::age, jsonpath, partial::partial_metadata};
use crate::{
    kinds::{Column, Kind},
    store::Object,
};

/// A `Table` of the objects.
pub(super) fn of<'a>(
    kind: &Kind,
    objects: impl Iterator<Item = &'a Object>,
    list: &Value,
    now: Timestamp,
) -> Value {
    let columns = columns(kind);
    let definitions: Vec<Value> = columns.iter().map(definition).collect();
    let rows: Vec<Value> = objects
        .map(|object| {
            let served = kind.to_served(object.value());
            let value = served.as_ref().unwrap_or(object.value());
            let cells: Vec<Value> = columns.iter().map(|column| cell(column, value, now)).collect();
            json!({ "cells": cells, "object": partial_metadata(object) })
        })
        .collect();
    json!({
        "kind": "Table",
        "apiVersion": "meta.k8s.io/v1",
        "metadata": list,
        "columnDefinitions": definitions,
        "rows": rows,
    })
}

fn column(name: &str, kind: &str, path: &str) -> Column {
    Column {
        name: name.to_owned(),
        kind: kind.to_owned(),
        path: path.to_owned(),
        priority: 0,
        description: String::new(),
    }
}

/// The name and the columns of the definition, or of a built-in kind with the age.
fn columns(kind: &Kind) -> Vec<Column> {
    let name = column("Name", "string", ".metadata.name");
    let age = column("Age", "date", ".metadata.creationTimestamp");
    let custom = kind.custom.as_ref().map(|custom| custom.columns.clone()).unwrap_or_default();
    if !custom.is_empty() {
        return std::iter::once(name).chain(custom).collect();
    }
    let own: &[(&str, &str)] = match kind.name.as_str() {
        "Namespace" => &[("Status", ".status.phase")],
        "Pod" => &[("Status", ".status.phase")],
        "Lease" => &[("Holder", ".spec.holderIdentity")],
        "Secret" => &[("Type", ".type"), ("Data", ".data")],
        "ConfigMap" => &[("Data", ".data")],
        "Event" if kind.group.is_empty() => {
            &[("Type", ".type"), ("Reason", ".reason"), ("Message", ".message")]
        }
        "Event" => &[("Type", ".type"), ("Reason", ".reason"), ("Message", ".note")],
        _ => &[],
    };
    let own = own.iter().map(|(name, path)| column(name, "string", path));
    std::iter::once(name).chain(own).chain([age]).collect()
}

fn definition(column: &Column) -> Value {
    json!({
        "name": column.name,
        "type": column.kind,
        "format": if column.name == "Name" { "name" } else { "" },
        "description": column.description,
        "priority": column.priority,
    })
}

fn cell(column: &Column, object: &Value, now: Timestamp) -> Value {
    let found = jsonpath::find(object, &column.path);
    if column.path == ".data" {
        let entries = found.first().and_then(|data| data.as_object());
        return entries.map_or(0, Map::len).into();
    }
    match (column.kind.as_str(), found.first()) {
        (_, None | Some(Value::Null)) => Value::Null,
        ("date", Some(Value::String(time))) => match time.parse() {
            Ok(time) => age(time, now).into(),
            Err(_) => "<invalid>".into(),
        },
        ("integer" | "number" | "boolean", Some(value)) => (*value).clone(),
        (_, Some(Value::String(text))) if found.len() == 1 => text.as_str().into(),
        _ => {
            let text =
                |value: &&Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            found.iter().map(text).collect::<Vec<_>>().join(",").into()
        }
    }
}
