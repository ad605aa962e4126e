//! Removes the fields that the schema does not describe.

use serde_json::Value;

use super::node::{Additional, Schema, child_path};

/// The fields that every Kubernetes object has.
const OBJECT_FIELDS: [&str; 3] = ["apiVersion", "kind", "metadata"];

impl Schema {
    /// Removes unknown fields from an object and returns their paths.
    pub(crate) fn prune(&self, object: &mut Value) -> Vec<String> {
        let mut pruned = Vec::new();
        self.prune_at(object, "", true, &mut pruned);
        pruned
    }

    fn prune_at(&self, value: &mut Value, path: &str, is_object: bool, pruned: &mut Vec<String>) {
        match value {
            Value::Object(fields) => {
                let object = is_object || self.is_embedded_resource;
                fields.retain(|name, _| {
                    let known =
                        self.describes(name) || (object && OBJECT_FIELDS.contains(&name.as_str()));
                    if !known {
                        pruned.push(child_path(path, name));
                    }
                    known
                });
                for (name, value) in fields {
                    if object && OBJECT_FIELDS.contains(&name.as_str()) {
                        continue;
                    }
                    if let Some(schema) = self.field(name) {
                        schema.prune_at(value, &child_path(path, name), false, pruned);
                    }
                }
            }
            Value::Array(items) => {
                let Some(schema) = &self.items else { return };
                for (at, item) in items.iter_mut().enumerate() {
                    schema.prune_at(item, &format!("{path}[{at}]"), false, pruned);
                }
            }
            _ => {}
        }
    }

    fn describes(&self, name: &str) -> bool {
        self.preserves_unknown
            || !matches!(self.additional, Additional::Forbidden)
            || self.properties.contains_key(name)
    }
}
