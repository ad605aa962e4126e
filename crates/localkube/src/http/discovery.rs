//! Discovery: the served groups, versions and kinds.

use std::{collections::BTreeMap, sync::Arc};

use serde_json::{Value, json};

use crate::kinds::{Kind, Registry};

const VERBS: [&str; 8] =
    ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"];

/// The content type of aggregated discovery. kubectl reads `application/json` as the old format.
pub(super) const AGGREGATED_CONTENT_TYPE: &str =
    "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList";

/// `/api`
pub(super) fn legacy() -> Value {
    json!({ "kind": "APIVersions", "versions": ["v1"], "serverAddressByClientCIDRs": [] })
}

/// `/apis`
pub(super) fn groups(registry: &Registry) -> Value {
    let groups: Vec<Value> = versions_by_group(registry)
        .iter()
        .map(|(name, versions)| group_of(name, versions))
        .collect();
    json!({ "kind": "APIGroupList", "apiVersion": "v1", "groups": groups })
}

/// `/apis/GROUP`
pub(super) fn group(registry: &Registry, name: &str) -> Option<Value> {
    let all = versions_by_group(registry);
    let mut group = group_of(name, all.get(name)?);
    group["kind"] = "APIGroup".into();
    group["apiVersion"] = "v1".into();
    Some(group)
}

fn versions_by_group(registry: &Registry) -> BTreeMap<String, Vec<String>> {
    let mut all: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for kind in registry.all().filter(|kind| !kind.group.is_empty()) {
        let versions = all.entry(kind.group.clone()).or_default();
        if !versions.contains(&kind.version) {
            versions.push(kind.version.clone());
        }
    }
    all
}

fn group_of(name: &str, versions: &[String]) -> Value {
    let entry = |version: &String| json!({ "groupVersion": format!("{name}/{version}"), "version": version });
    let versions: Vec<Value> = versions.iter().map(entry).collect();
    json!({ "name": name, "versions": versions, "preferredVersion": versions.first() })
}

/// `/api/VERSION` and `/apis/GROUP/VERSION`
pub(super) fn resources(registry: &Registry, group: &str, version: &str) -> Option<Value> {
    let kinds = registry.all().filter(|kind| kind.group == group && kind.version == version);
    let resources: Vec<Value> = kinds.flat_map(entries).collect();
    if resources.is_empty() {
        return None;
    }
    let version = if group.is_empty() { version.to_owned() } else { format!("{group}/{version}") };
    Some(json!({
        "kind": "APIResourceList", "apiVersion": "v1", "groupVersion": version, "resources": resources,
    }))
}

fn entries(kind: &Arc<Kind>) -> Vec<Value> {
    let mut all = vec![json!({
        "name": kind.plural,
        "singularName": kind.singular,
        "namespaced": kind.namespaced,
        "kind": kind.name,
        "verbs": VERBS,
        "shortNames": kind.short_names,
        "categories": kind.categories,
    })];
    if kind.status {
        all.push(json!({
            "name": format!("{}/status", kind.plural),
            "singularName": "",
            "namespaced": kind.namespaced,
            "kind": kind.name,
            "verbs": ["get", "patch", "update"],
        }));
    }
    all
}

/// `/api` or `/apis` with all groups, versions and kinds (`APIGroupDiscoveryList`).
pub(super) fn aggregated(registry: &Registry, legacy: bool) -> Value {
    let mut groups: BTreeMap<&str, BTreeMap<&str, Vec<Value>>> = BTreeMap::new();
    for kind in registry.all().filter(|kind| kind.group.is_empty() == legacy) {
        let group = groups.entry(&kind.group).or_default();
        group.entry(&kind.version).or_default().push(discovered(kind));
    }
    let items: Vec<Value> = groups
        .into_iter()
        .map(|(name, versions)| {
            let versions: Vec<Value> = versions
                .into_iter()
                .map(|(version, resources)| {
                    json!({ "version": version, "resources": resources, "freshness": "Current" })
                })
                .collect();
            json!({ "metadata": { "name": name }, "versions": versions })
        })
        .collect();
    json!({
        "kind": "APIGroupDiscoveryList",
        "apiVersion": "apidiscovery.k8s.io/v2",
        "metadata": {},
        "items": items,
    })
}

fn discovered(kind: &Arc<Kind>) -> Value {
    let response = json!({ "group": kind.group, "version": kind.version, "kind": kind.name });
    let mut resource = json!({
        "resource": kind.plural,
        "singularResource": kind.singular,
        "responseKind": response,
        "scope": if kind.namespaced { "Namespaced" } else { "Cluster" },
        "verbs": VERBS,
        "shortNames": kind.short_names,
        "categories": kind.categories,
    });
    if kind.status {
        resource["subresources"] = json!([{
            "subresource": "status", "responseKind": response, "verbs": ["get", "patch", "update"],
        }]);
    }
    resource
}

/// `/version`
pub(super) fn version() -> Value {
    json!({
        "major": "1",
        "minor": "34",
        "gitVersion": "v1.34.0+localkube",
        "gitCommit": "",
        "gitTreeState": "clean",
        "buildDate": "1970-01-01T00:00:00Z",
        "goVersion": "",
        "compiler": "rustc",
        "platform": "linux/amd64",
    })
}
