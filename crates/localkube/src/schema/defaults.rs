//! Sets the defaults of absent fields.

use serde_json::Value;

use super::node::{Additional, Schema};

impl Schema {
    /// Sets the defaults of absent fields at every level. A default also replaces a `null` that the
    /// schema does not allow.
    pub(crate) fn apply_defaults(&self, value: &mut Value) {
        match value {
            Value::Object(fields) => {
                for (name, schema) in &self.properties {
                    let Some(default) = &schema.default else { continue };
                    let is_absent =
                        fields.get(name).is_none_or(|v| v.is_null() && !schema.nullable);
                    if is_absent {
                        fields.insert(name.clone(), default.clone());
                    }
                }
                for (name, value) in fields.iter_mut() {
                    match (self.properties.get(name), &self.additional) {
                        (Some(schema), _) => schema.apply_defaults(value),
                        (None, Additional::Described(schema)) => schema.apply_defaults(value),
                        (None, _) => {}
                    }
                }
            }
            Value::Array(items) => {
                let schema = self.items.iter();
                schema.for_each(|schema| {
                    items.iter_mut().for_each(|item| schema.apply_defaults(item))
                });
            }
            _ => {}
        }
    }
}
