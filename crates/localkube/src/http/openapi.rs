//! `/openapi/v3`: enough for kubectl to find server-side field validation and to explain custom
//! resources.

use std::{collections::BTreeSet, sync::Arc};

use serde_json::{Map, Value, json};

use crate::kinds::{Kind, Registry};

/// The document at `/openapi/` plus `steps`; `None` when there is none.
pub(super) fn document(registry: &Registry, steps: &[String]) -> Option<Value> {
    let steps: Vec<&str> = steps.iter().map(String::as_str).collect();
    match steps.as_slice() {
        ["v3"] => Some(index(registry)),
        ["v3", "api", version] => one_version(registry, "", version),
        ["v3", "apis", group, version] => one_version(registry, group, version),
        _ => None,
    }
}

fn root(kind: &Kind) -> String {
    match kind.group.as_str() {
        "" => format!("api/{}", kind.version),
        group => format!("apis/{group}/{}", kind.version),
    }
}

fn index(registry: &Registry) -> Value {
    let roots: BTreeSet<String> = registry.all().map(|kind| root(kind)).collect();
    let paths: Map<String, Value> = roots
        .into_iter()
        .map(|root| {
            let entry = json!({ "serverRelativeURL": format!("/openapi/v3/{root}") });
            (root, entry)
        })
        .collect();
    json!({ "paths": paths })
}

fn one_version(registry: &Registry, group: &str, version: &str) -> Option<Value> {
    let kinds: Vec<&Arc<Kind>> =
        registry.all().filter(|kind| kind.group == group && kind.version == version).collect();
    if kinds.is_empty() {
        return None;
    }
    let paths: Map<String, Value> = kinds.iter().map(|kind| path(kind)).collect();
    let schemas: Map<String, Value> = kinds.iter().map(|kind| schema(kind)).collect();
    Some(json!({
        "openapi": "3.0.0",
        "info": { "title": "localkube", "version": "v1.34.0" },
        "paths": paths,
        "components": { "schemas": schemas },
    }))
}

fn identity(kind: &Kind) -> Value {
    json!({ "group": kind.group, "version": kind.version, "kind": kind.name })
}

fn path(kind: &Arc<Kind>) -> (String, Value) {
    let namespace = if kind.namespaced { "namespaces/{namespace}/" } else { "" };
    let parameters: Vec<Value> = ["dryRun", "fieldManager", "fieldValidation", "force"]
        .iter()
        .map(|name| json!({ "name": name, "in": "query", "schema": { "type": "string" } }))
        .collect();
    let patch = json!({
        "operationId": format!("patch{}", kind.name),
        "parameters": parameters,
        "requestBody": { "content": {
            "application/json-patch+json": {},
            "application/merge-patch+json": {},
            "application/apply-patch+yaml": {},
        } },
        "responses": { "200": { "description": "OK" } },
        "x-kubernetes-action": "patch",
        "x-kubernetes-group-version-kind": identity(kind),
    });
    let path = format!("/{}/{namespace}{}/{{name}}", root(kind), kind.plural);
    (path, json!({ "patch": patch }))
}

fn schema(kind: &Arc<Kind>) -> (String, Value) {
    let reversed: Vec<&str> = kind.group.split('.').rev().collect();
    let name = format!("{}.{}.{}", reversed.join("."), kind.version, kind.name);
    let mut schema = match &kind.custom {
        Some(custom) => custom.json.clone(),
        None => json!({ "type": "object", "x-kubernetes-preserve-unknown-fields": true }),
    };
    schema["x-kubernetes-group-version-kind"] = json!([identity(kind)]);
    (name.trim_start_matches('.').to_owned(), schema)
}
