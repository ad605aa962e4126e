//! Field managers: reads, updates and writes `metadata.managedFields`.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::{
    paths::{self, Paths},
    shape::Shape,
};
use crate::meta;

/// The identity of a field manager.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Manager {
    /// `fieldManager`
    pub(crate) name: String,
    /// Whether the operation is `Apply` instead of `Update`.
    pub(crate) is_apply: bool,
    /// The `apiVersion` of the written object.
    pub(crate) api_version: String,
    /// `status`; empty for the object itself.
    pub(crate) subresource: String,
}

/// The fields of one manager.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    pub(super) manager: Manager,
    pub(super) fields: Paths,
    time: Value,
}

/// Parses `managedFields`.
pub(super) fn read(object: &Value) -> Vec<Entry> {
    let entries = object["metadata"]["managedFields"].as_array().into_iter().flatten();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    entries
        .map(|entry| Entry {
            manager: Manager {
                name: text(&entry["manager"]),
                is_apply: entry["operation"] == "Apply",
                api_version: text(&entry["apiVersion"]),
                subresource: text(&entry["subresource"]),
            },
            fields: paths::from_json(&entry["fieldsV1"]),
            time: entry["time"].clone(),
        })
        .collect()
}

/// Writes `managedFields` in the order of Kubernetes, without managers that own no field.
pub(super) fn write(object: &mut Value, entries: &[Entry]) {
    let mut owning: Vec<&Entry> = entries.iter().filter(|it| !it.fields.is_empty()).collect();
    owning.sort_by(|one, other| one.sort_key().cmp(&other.sort_key()));
    let all: Vec<Value> = owning.into_iter().map(Entry::json).collect();
    match all.is_empty() {
        true => meta::unset(object, "managedFields"),
        false => meta::set(object, "managedFields", all),
    }
}

impl Entry {
    /// The order of Kubernetes: `Apply` before `Update`, then by time.
    fn sort_key(&self) -> (bool, &str, &str, &str, &str) {
        let Manager { name, is_apply, api_version, subresource } = &self.manager;
        let time = self.time.as_str().unwrap_or_default();
        (!is_apply, time, name, api_version, subresource)
    }

    fn json(&self) -> Value {
        let manager = &self.manager;
        let mut json = json!({
            "manager": manager.name,
            "operation": if manager.is_apply { "Apply" } else { "Update" },
            "apiVersion": manager.api_version,
            "time": self.time,
            "fieldsType": "FieldsV1",
            "fieldsV1": paths::to_json(&self.fields),
        });
        if !manager.subresource.is_empty() {
            json["subresource"] = manager.subresource.as_str().into();
        }
        json
    }
}

/// Gives `fields` to `manager`, in addition to its fields or, with `replace`, instead of them.
pub(super) fn assign(
    entries: &mut Vec<Entry>,
    manager: &Manager,
    fields: Paths,
    replace: bool,
    now: Timestamp,
) {
    let time = Value::from(meta::format_time(now));
    let Some(entry) = entries.iter_mut().find(|entry| entry.manager == *manager) else {
        entries.push(Entry { manager: manager.clone(), fields, time });
        return;
    };
    let owned = if replace { fields } else { entry.fields.union(&fields).cloned().collect() };
    if owned != entry.fields {
        entry.fields = owned;
        entry.time = time;
    }
}

/// The owners before this write. A client may rewrite `managedFields`, as kubectl does when it
/// migrates to server-side apply. A client that omits them keeps the old owners.
fn previous_entries(before: Option<&Value>, after: &Value) -> Vec<Entry> {
    let Some(before) = before else { return Vec::new() };
    let sent = read(after);
    if sent.is_empty() { read(before) } else { sent }
}

/// Updates `managedFields` after a write other than apply: `manager` owns the fields that it
/// changed, and removed fields have no owner.
pub(crate) fn track(
    before: Option<&Value>,
    after: &mut Value,
    shape: Shape<'_>,
    manager: &Manager,
    now: Timestamp,
) {
    let mut entries = previous_entries(before, after);
    let present = paths::of(after, shape);
    let changed: Paths = present
        .iter()
        .filter(|path| before.is_none_or(|old| paths::get(old, path) != paths::get(after, path)))
        // A changed list item counts by its fields. The item itself counts only when it is new.
        .filter(|path| {
            let is_item = path.last().is_some_and(|step| step.starts_with("k:"));
            !is_item || before.is_none_or(|old| paths::get(old, path).is_none())
        })
        .cloned()
        .collect();
    for entry in &mut entries {
        let is_other = entry.manager != *manager;
        entry.fields.retain(|path| {
            paths::get(after, path).is_some() && !(is_other && changed.contains(path))
        });
    }
    if !changed.is_empty() {
        assign(&mut entries, manager, changed, false, now);
    }
    write(after, &entries);
}
