//! Who owns which field: `metadata.managedFields`.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::{
    paths::{self, Paths},
    shape::Shape,
};
use crate::meta;

/// Who writes, and how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Manager {
    /// `fieldManager`
    pub(crate) name: String,
    /// `Apply`, or else `Update`.
    pub(crate) applies: bool,
    /// The API version that was written.
    pub(crate) api_version: String,
    /// `status`, or empty.
    pub(crate) subresource: String,
}

/// What one manager owns.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    pub(super) manager: Manager,
    pub(super) fields: Paths,
    time: Value,
}

/// Reads who owns what.
pub(super) fn read(object: &Value) -> Vec<Entry> {
    let entries = object["metadata"]["managedFields"].as_array().into_iter().flatten();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    entries
        .map(|entry| Entry {
            manager: Manager {
                name: text(&entry["manager"]),
                applies: entry["operation"] == "Apply",
                api_version: text(&entry["apiVersion"]),
                subresource: text(&entry["subresource"]),
            },
            fields: paths::from_json(&entry["fieldsV1"]),
            time: entry["time"].clone(),
        })
        .collect()
}

/// Writes who owns what, in Kubernetes' order; managers that own nothing any more are left out.
pub(super) fn write(object: &mut Value, entries: &[Entry]) {
    let mut owning: Vec<&Entry> = entries.iter().filter(|it| !it.fields.is_empty()).collect();
    owning.sort_by(|one, other| one.place().cmp(&other.place()));
    let all: Vec<Value> = owning.into_iter().map(Entry::json).collect();
    match all.is_empty() {
        true => meta::unset(object, "managedFields"),
        false => meta::set(object, "managedFields", all),
    }
}

impl Entry {
    /// Those who apply come first, then those who wrote longest ago.
    fn place(&self) -> (bool, &str, &str, &str, &str) {
        let Manager { name, applies, api_version, subresource } = &self.manager;
        let time = self.time.as_str().unwrap_or_default();
        (!applies, time, name, api_version, subresource)
    }

    fn json(&self) -> Value {
        let manager = &self.manager;
        let mut json = json!({
            "manager": manager.name,
            "operation": if manager.applies { "Apply" } else { "Update" },
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

/// Makes `manager` own `fields`: beside what it owns, or instead of it.
pub(super) fn own(
    entries: &mut Vec<Entry>,
    manager: &Manager,
    fields: Paths,
    instead: bool,
    now: Timestamp,
) {
    let time = Value::from(meta::seconds(now));
    let Some(entry) = entries.iter_mut().find(|entry| entry.manager == *manager) else {
        entries.push(Entry { manager: manager.clone(), fields, time });
        return;
    };
    let owned = if instead { fields } else { entry.fields.union(&fields).cloned().collect() };
    if owned != entry.fields {
        entry.fields = owned;
        entry.time = time;
    }
}

/// Who owned what before this write. Whoever changes that on purpose, as kubectl does when it begins to apply on the server,
/// is believed; whoever sends nothing of it does not understand it.
fn told(before: Option<&Value>, after: &Value) -> Vec<Entry> {
    let Some(before) = before else { return Vec::new() };
    let sent = read(after);
    if sent.is_empty() { read(before) } else { sent }
}

/// After a write that is no apply: `manager` owns what it changed, and nobody owns what is gone.
pub(crate) fn track(
    before: Option<&Value>,
    after: &mut Value,
    shape: Shape<'_>,
    manager: &Manager,
    now: Timestamp,
) {
    let mut entries = told(before, after);
    let present = paths::of(after, shape);
    let changed: Paths = present
        .iter()
        .filter(|path| before.is_none_or(|old| paths::get(old, path) != paths::get(after, path)))
        // An item of a list counts as changed by its fields; the item itself only when it is new.
        .filter(|path| {
            let is_item = path.last().is_some_and(|step| step.starts_with("k:"));
            !is_item || before.is_none_or(|old| paths::get(old, path).is_none())
        })
        .cloned()
        .collect();
    for entry in &mut entries {
        let theirs = entry.manager != *manager;
        entry.fields.retain(|path| {
            paths::get(after, path).is_some() && !(theirs && changed.contains(path))
        });
    }
    if !changed.is_empty() {
        own(&mut entries, manager, changed, false, now);
    }
    write(after, &entries);
}
