//! Converts objects between the served versions of their kind and the stored one.
//!
//! The versions of a custom resource differ only in `apiVersion` (conversion strategy `None`).
//! Events exist in two API groups with different field names; they are stored as `v1`.

use serde_json::{Map, Value, json};

use super::kind::Kind;

/// Pairs of a field name in `v1` and in `events.k8s.io/v1`.
const EVENT_FIELDS: [(&str, &str); 7] = [
    ("involvedObject", "regarding"),
    ("message", "note"),
    ("reportingComponent", "reportingController"),
    ("source", "deprecatedSource"),
    ("count", "deprecatedCount"),
    ("firstTimestamp", "deprecatedFirstTimestamp"),
    ("lastTimestamp", "deprecatedLastTimestamp"),
];

const EVENTS_GROUP: &str = "events.k8s.io";

impl Kind {
    /// Converts a stored object to this version; `None` when it is stored in this version.
    pub(crate) fn to_served(&self, stored: &Value) -> Option<Value> {
        if stored["apiVersion"].as_str() == Some(&self.api_version()) {
            return None;
        }
        let mut served = stored.clone();
        if self.group == EVENTS_GROUP {
            rename_fields(&mut served, |(core, newer)| (core, newer));
        }
        served["apiVersion"] = self.api_version().into();
        Some(served)
    }

    /// Converts an object of this version to the stored one.
    pub(crate) fn convert_to_stored(&self, object: &mut Value) {
        if self.group == EVENTS_GROUP {
            rename_fields(object, |(core, newer)| (newer, core));
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

fn rename_fields(
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
