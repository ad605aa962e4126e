//! Deletes the contents of terminating namespaces and CustomResourceDefinitions.

use serde_json::{Value, json};

use super::garbage::{delete_object, remove_finalizer, update_object};
use crate::{
    finalizers::CUSTOM_RESOURCE_CLEANUP,
    meta,
    store::{DEFINITIONS, Key, Txn},
};

/// The key of the definition whose custom resources are in `table`. It may not exist.
pub(super) fn definition_key(table: &str) -> Key {
    let (group, plural) = table.split_once('/').unwrap_or(("", table));
    Key::new(DEFINITIONS.into(), "", &format!("{plural}.{group}"))
}

/// Deletes the contents of a terminating namespace, and the namespace once it is empty.
pub(super) fn empty_namespace(txn: &mut Txn<'_>, key: &Key) {
    if !txn.get(key).is_some_and(|object| meta::is_terminating(object.value())) {
        return;
    }
    for object in txn.contents(&key.name) {
        delete_object(txn, &object, None);
    }
    let remaining = txn.contents(&key.name);
    update_object(txn, key, |namespace| match remaining.is_empty() {
        true => namespace["spec"]["finalizers"] = json!([]),
        false => namespace["status"]["conditions"] = conditions(namespace, &remaining),
    });
}

/// The conditions with which the namespace controller reports the remaining objects.
fn conditions(namespace: &Value, remaining: &[Key]) -> Value {
    let mut counts = std::collections::BTreeMap::<String, usize>::new();
    for key in remaining {
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

/// Deletes the custom resources of a terminating definition, then removes its finalizer.
pub(super) fn empty_definition(txn: &mut Txn<'_>, key: &Key) {
    let Some(definition) = txn.get(key) else { return };
    if !meta::is_terminating(definition.value()) {
        return;
    }
    let spec = &definition.value()["spec"];
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let table = format!("{}/{}", text(&spec["group"]), text(&spec["names"]["plural"])).into();
    for object in txn.keys(&table, None) {
        delete_object(txn, &object, None);
    }
    if txn.keys(&table, None).is_empty() {
        remove_finalizer(txn, key, CUSTOM_RESOURCE_CLEANUP);
    }
}
