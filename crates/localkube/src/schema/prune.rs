//! Drops what the schema does not know.

use serde_json::Value;

use super::{Additional, Schema, child};

/// What every Kubernetes object has beside its own fields.
const OBJECT_FIELDS: [&str; 3] = ["apiVersion", "kind", "metadata"];

impl Schema {
    /// Drops unknown fields from a whole object and returns their paths.
    pub(crate) fn prune(&self, object: &mut Value) -> Vec<String> {
        let mut dropped = Vec::new();
        self.prune_at(object, "", true, &mut dropped);
        dropped
    }

    fn prune_at(&self, value: &mut Value, path: &str, is_object: bool, dropped: &mut Vec<String>) {
        match value {
            Value::Object(fields) => {
                let object = is_object || self.embedded;
                fields.retain(|name, _| {
                    let known =
                        self.knows(name) || (object && OBJECT_FIELDS.contains(&name.as_str()));
                    if !known {
                        dropped.push(child(path, name));
                    }
                    known
                });
                for (name, value) in fields {
                    if object && OBJECT_FIELDS.contains(&name.as_str()) {
                        continue;
                    }
                    if let Some(schema) = self.field(name) {
                        schema.prune_at(value, &child(path, name), false, dropped);
                    }
                }
            }
            Value::Array(items) => {
                let Some(schema) = &self.items else { return };
                for (at, item) in items.iter_mut().enumerate() {
                    schema.prune_at(item, &format!("{path}[{at}]"), false, dropped);
                }
            }
            _ => {}
        }
    }

    fn knows(&self, name: &str) -> bool {
        self.preserve
            || !matches!(self.additional, Additional::Unsaid)
            || self.properties.contains_key(name)
    }
}
