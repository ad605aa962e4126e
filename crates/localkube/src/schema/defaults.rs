//! Fills in what an object leaves out.

use serde_json::Value;

use super::{Additional, Schema};

impl Schema {
    /// Fills in the defaults, down to the last level. Where a `null` is not allowed and a default is given, the default
    /// takes its place.
    pub(crate) fn fill(&self, value: &mut Value) {
        match value {
            Value::Object(fields) => {
                for (name, schema) in &self.properties {
                    let Some(default) = &schema.default else { continue };
                    let empty = fields.get(name).is_none_or(|v| v.is_null() && !schema.nullable);
                    if empty {
                        fields.insert(name.clone(), default.clone());
                    }
                }
                for (name, value) in fields.iter_mut() {
                    match (self.properties.get(name), &self.additional) {
                        (Some(schema), _) => schema.fill(value),
                        (None, Additional::Like(schema)) => schema.fill(value),
                        (None, _) => {}
                    }
                }
            }
            Value::Array(items) => {
                let schema = self.items.iter();
                schema.for_each(|schema| items.iter_mut().for_each(|item| schema.fill(item)));
            }
            _ => {}
        }
    }
}
