//! Empties what is going away: a namespace of its objects, a definition of its custom resources.

use serde_json::{Value, json};

use super::garbage::{delete, drop_finalizer, rewrite};
use crate::{
    meta,
    store::{DEFINITIONS, Key, Txn},
};

/// Holds a definition until its custom resources are gone.
pub(crate) const CLEANUP: &str = "customresourcecleanup.apiextensions.k8s.io";

/// The definition of the kind that is kept in `table`, if it has one.
pub(super) fn definition_of(table: &str) -> Key {
    let (group, plural) = table.split_once('/').unwrap_or(("", table));
    Key::new(DEFINITIONS.into(), "", &format!("{plural}.{group}"))
}

/// Deletes everything in a namespace that is going away, and the namespace once it is empty.
pub(super) fn empty_namespace(txn: &mut Txn<'_>, key: &Key) {
    if !txn.get(key).is_some_and(|object| meta::is_deleting(object.value())) {
        return;
    }
    for object in txn.contents(&key.name) {
        delete(txn, &object, None);
    }
    let left = txn.contents(&key.name);
    rewrite(txn, key, |namespace| match left.is_empty() {
        true => namespace["spec"]["finalizers"] = json!([]),
        false => namespace["status"]["conditions"] = conditions(namespace, &left),
    });
}

/// Says what still holds a namespace, as the namespace controller does.
fn conditions(namespace: &Value, left: &[Key]) -> Value {
    let mut counts = std::collections::BTreeMap::<String, usize>::new();
    for key in left {
        let (group, plural) = key.table.split_once('/').unwrap_or(("", &*key.table));
        *counts.entry(format!("{plural}.{group}")).or_default() += 1;
    }
    let each: Vec<String> =
        counts.iter().map(|(kind, n)| format!("{kind} has {n} resource instances")).collect();
    json!([{
        "type": "NamespaceContentRemaining",
        "status": "True",
        "reason": "SomeResourcesRemain",
        "message": format!("Some resources are remaining: {}", each.join(", ")),
        "lastTransitionTime": namespace["metadata"]["deletionTimestamp"],
    }])
}

/// Deletes all custom resources of a definition that is going away, and then lets it go.
pub(super) fn empty_definition(txn: &mut Txn<'_>, key: &Key) {
    let Some(definition) = txn.get(key) else { return };
    if !meta::is_deleting(definition.value()) {
        return;
    }
    let spec = &definition.value()["spec"];
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let table = format!("{}/{}", text(&spec["group"]), text(&spec["names"]["plural"])).into();
    for object in txn.keys(&table, None) {
        delete(txn, &object, None);
    }
    if txn.keys(&table, None).is_empty() {
        drop_finalizer(txn, key, CLEANUP);
    }
}
