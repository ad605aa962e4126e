//! One object in the versions that it can be read and written in.
//!
//! Custom resources differ only in `apiVersion` (the strategy `None`). Events have two APIs with other names for the same
//! things; they are kept as those of the core group.

use serde_json::{Map, Value, json};

use super::Kind;

/// Field of `v1`, field of `events.k8s.io/v1`.
const EVENT_FIELDS: [(&str, &str); 7] = [
    ("involvedObject", "regarding"),
    ("message", "note"),
    ("reportingComponent", "reportingController"),
    ("source", "deprecatedSource"),
    ("count", "deprecatedCount"),
    ("firstTimestamp", "deprecatedFirstTimestamp"),
    ("lastTimestamp", "deprecatedLastTimestamp"),
];

const EVENTS: &str = "events.k8s.io";

impl Kind {
    /// The object as this kind shows it; `None` when it is kept like that.
    pub(crate) fn show(&self, kept: &Value) -> Option<Value> {
        if kept["apiVersion"].as_str() == Some(&self.api_version()) {
            return None;
        }
        let mut shown = kept.clone();
        if self.group == EVENTS {
            rename(&mut shown, |(core, newer)| (core, newer));
        }
        shown["apiVersion"] = self.api_version().into();
        Some(shown)
    }

    /// The object as it is kept, from how this kind shows it.
    pub(crate) fn keep(&self, object: &mut Value) {
        if self.group == EVENTS {
            rename(object, |(core, newer)| (newer, core));
            object["apiVersion"] = "v1".into();
            if let Some(fields) = object.as_object_mut() {
                fields.entry("involvedObject").or_insert_with(|| json!({}));
                fields.entry("source").or_insert_with(|| json!({}));
                for time in ["firstTimestamp", "lastTimestamp"] {
                    fields.entry(time).or_insert(Value::Null);
                }
            }
        }
    }
}

fn rename(
    object: &mut Value,
    order: impl Fn((&'static str, &'static str)) -> (&'static str, &'static str),
) {
    let Some(fields) = object.as_object_mut() else { return };
    let mut renamed = Map::new();
    for (name, value) in std::mem::take(fields) {
        let to = EVENT_FIELDS.into_iter().map(&order).find(|(from, _)| *from == name);
        renamed.insert(to.map_or(name, |(_, to)| to.to_owned()), value);
    }
    *fields = renamed;
}
