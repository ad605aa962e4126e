//! Validates an object, with the error messages of Kubernetes.

use serde_json::{Map, Value};

use super::node::{Additional, ListKind, Schema, child_path};
use crate::field_error::FieldError;

impl Schema {
    /// The invalid fields of `value`. A value that is unchanged since `before` passes, so that an
    /// object that a newer schema forbids can still be edited elsewhere.
    pub(crate) fn validate(&self, value: &Value, before: Option<&Value>) -> Vec<FieldError> {
        let mut errors = Vec::new();
        self.check(value, before, "", &mut errors);
        errors
    }

    fn check(
        &self,
        value: &Value,
        before: Option<&Value>,
        path: &str,
        errors: &mut Vec<FieldError>,
    ) {
        if before == Some(value) || (value.is_null() && self.nullable) {
            return;
        }
        if let Some(expected) = self.mismatch(value) {
            let found = type_of(value);
            errors.push(FieldError::wrong_type(path, &found.into(), expected, found));
            return;
        }
        self.bounds.check(value, path, errors);
        match value {
            Value::Object(fields) => self.check_fields(fields, before, path, errors),
            Value::Array(items) => self.check_list(items, before, path, errors),
            _ => {}
        }
        self.check_combinations(value, before, path, errors);
    }

    /// The expected type, when `value` has another.
    fn mismatch(&self, value: &Value) -> Option<&str> {
        if self.int_or_string {
            let fits = value.is_string() || type_of(value) == "integer";
            return (!fits).then_some("integer,string");
        }
        let found = type_of(value);
        let fits = match self.kind.as_str() {
            "" => true,
            "number" => matches!(found, "number" | "integer"),
            "integer" => found == "integer" || value.as_f64().is_some_and(|n| n.fract() == 0.0),
            kind => kind == found,
        };
        (!fits).then_some(self.kind.as_str())
    }

    fn check_fields(
        &self,
        fields: &Map<String, Value>,
        before: Option<&Value>,
        path: &str,
        errors: &mut Vec<FieldError>,
    ) {
        for name in self.required.iter().filter(|name| !fields.contains_key(*name)) {
            errors.push(FieldError::required(child_path(path, name), ""));
        }
        for (name, value) in fields {
            let before = before.and_then(|before| before.get(name));
            match (self.properties.get(name), &self.additional) {
                (Some(schema), _) => schema.check(value, before, &child_path(path, name), errors),
                (None, Additional::Described(schema)) => {
                    schema.check(value, before, &child_path(path, name), errors);
                }
                (None, _) => {}
            }
        }
    }

    fn check_list(
        &self,
        items: &[Value],
        before: Option<&Value>,
        path: &str,
        errors: &mut Vec<FieldError>,
    ) {
        let identity = |item: &Value| match &self.list_kind {
            ListKind::Atomic => None,
            ListKind::Set => Some(item.clone()),
            ListKind::Map(keys) => {
                Some(keys.iter().map(|key| (key.clone(), item[key].clone())).collect())
            }
        };
        let mut seen: Vec<Value> = Vec::new();
        for (at, item) in items.iter().enumerate() {
            let path = format!("{path}[{at}]");
            let id = identity(item);
            if let Some(id) = id.clone() {
                if seen.contains(&id) {
                    errors.push(FieldError::duplicate(path.as_str(), &id));
                }
                seen.push(id);
            }
            let before = before.and_then(Value::as_array).into_iter().flatten();
            let before = before.into_iter().find(|old| id.is_some() && identity(old) == id);
            self.items.iter().for_each(|schema| schema.check(item, before, &path, errors));
        }
    }

    fn check_combinations(
        &self,
        value: &Value,
        before: Option<&Value>,
        path: &str,
        errors: &mut Vec<FieldError>,
    ) {
        let fits = |schema: &Schema| schema.validate(value, None).is_empty();
        let mut wrong = |why: String| {
            errors.push(FieldError::invalid("<nil>", &"".into(), format!("{path:?} must {why}")));
        };
        if !self.any_of.is_empty() && !self.any_of.iter().any(fits) {
            wrong("validate at least one schema (anyOf)".into());
        }
        let fitting = self.one_of.iter().filter(|schema| fits(schema)).count();
        if !self.one_of.is_empty() && fitting != 1 {
            let found = match fitting {
                0 => "Found none valid".to_owned(),
                n => format!("Found {n} valid alternatives"),
            };
            wrong(format!("validate one and only one schema (oneOf). {found}"));
        }
        if self.not.as_ref().is_some_and(|schema| fits(schema)) {
            wrong("not validate the schema (not)".into());
        }
        for schema in &self.all_of {
            schema.check(value, before, path, errors);
        }
    }
}

/// The name of the value's type in a JSON schema.
fn type_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(number) if number.is_f64() => "number",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}
