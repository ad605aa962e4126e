//! The CEL rules of a schema (`x-kubernetes-validations`).

use std::sync::{Mutex, PoisonError};

use kube_cel::{CompiledSchema, ErrorKind, ValidationError, Validator, compile_schema};
use serde_json::Value;

use crate::field_error::FieldError;

/// The compiled rules of one schema.
pub(crate) struct CelRules {
    compiled: CompiledSchema,
    validator: Mutex<Validator>,
    types: Value,
}

impl std::fmt::Debug for CelRules {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CelRules").finish_non_exhaustive()
    }
}

impl CelRules {
    /// Compiles the rules of an `openAPIV3Schema`; `None` when it has no rules.
    pub(crate) fn compile(schema: &Value) -> Option<Self> {
        has_rules(schema).then(|| Self {
            compiled: compile_schema(schema),
            validator: Mutex::new(Validator::new()),
            types: schema.clone(),
        })
    }

    /// One error for each rule that `object` violates. `before` is the object that it replaces.
    pub(crate) fn validate(&self, object: &Value, before: Option<&Value>) -> Vec<FieldError> {
        let validator = self.validator.lock().unwrap_or_else(PoisonError::into_inner);
        match validator.validate_compiled(&self.compiled, object, before) {
            Ok(()) => Vec::new(),
            Err(errors) => errors.iter().map(|error| self.field_error(error)).collect(),
        }
    }

    fn field_error(&self, error: &ValidationError) -> FieldError {
        let path = match error.field_path.as_str() {
            "" => "<nil>",
            path => path,
        };
        let kind = Value::from(self.type_at(&error.field_path));
        let why = match error.kind {
            ErrorKind::ValidationFailure => error.message.clone(),
            _ => format!("rule evaluation error: {} (rule: {})", error.message, error.rule),
        };
        match error.reason.as_deref() {
            Some("FieldValueForbidden") => FieldError::forbidden(path, why),
            Some("FieldValueRequired") => FieldError::required(path, &why),
            Some("FieldValueDuplicate") => FieldError::duplicate(path, &kind),
            _ => FieldError::invalid(path, &kind, why),
        }
    }

    /// The type of the schema at a path such as `spec.items[0].name`.
    fn type_at(&self, path: &str) -> &str {
        let mut node = &self.types;
        for step in path.split('.').filter(|step| !step.is_empty()) {
            let (name, indices) = step.split_once('[').unwrap_or((step, ""));
            node = match node["properties"].get(name) {
                Some(schema) => schema,
                None => &node["additionalProperties"],
            };
            for _ in indices.split('[').filter(|index| !index.is_empty()) {
                node = if node["items"].is_object() {
                    &node["items"]
                } else {
                    &node["additionalProperties"]
                };
            }
        }
        node["type"].as_str().unwrap_or("object")
    }
}

fn has_rules(schema: &Value) -> bool {
    match schema {
        Value::Object(fields) => {
            fields.contains_key("x-kubernetes-validations") || fields.values().any(has_rules)
        }
        Value::Array(items) => items.iter().any(has_rules),
        _ => false,
    }
}
