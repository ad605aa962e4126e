//! Limits on a value besides its type: enum, pattern, format, length, size.

use regex::Regex;
use serde_json::{Number, Value};

use super::formats;
use crate::field_error::FieldError;

/// The limits of a node, all optional.
#[derive(Debug, Default)]
pub(super) struct Bounds {
    allowed: Vec<Value>,
    pattern: Option<Regex>,
    format: String,
    minimum: Option<Number>,
    maximum: Option<Number>,
    exclusive_minimum: bool,
    exclusive_maximum: bool,
    multiple_of: Option<Number>,
    min_length: Option<u64>,
    max_length: Option<u64>,
    min_items: Option<u64>,
    max_items: Option<u64>,
    unique_items: bool,
    min_properties: Option<u64>,
    max_properties: Option<u64>,
}

impl Bounds {
    pub(super) fn read(json: &Value) -> Self {
        let number = |field: &str| json[field].as_number().cloned();
        let count = |field: &str| json[field].as_u64();
        Self {
            allowed: json["enum"].as_array().cloned().unwrap_or_default(),
            // `check_definition` has refused a pattern that is no regular expression.
            pattern: json["pattern"].as_str().and_then(|pattern| Regex::new(pattern).ok()),
            format: json["format"].as_str().unwrap_or_default().to_owned(),
            minimum: number("minimum"),
            maximum: number("maximum"),
            exclusive_minimum: json["exclusiveMinimum"] == true,
            exclusive_maximum: json["exclusiveMaximum"] == true,
            multiple_of: number("multipleOf"),
            min_length: count("minLength"),
            max_length: count("maxLength"),
            min_items: count("minItems"),
            max_items: count("maxItems"),
            unique_items: json["uniqueItems"] == true,
            min_properties: count("minProperties"),
            max_properties: count("maxProperties"),
        }
    }

    /// Adds the limits that `value` exceeds to `errors`.
    pub(super) fn check(&self, value: &Value, path: &str, errors: &mut Vec<FieldError>) {
        if !self.allowed.is_empty() && !self.allowed.contains(value) {
            errors.push(FieldError::not_supported(path, value, &self.allowed));
        }
        match value {
            Value::String(text) => self.check_text(text, value, path, errors),
            Value::Number(number) => self.check_number(number, value, path, errors),
            Value::Array(items) => self.check_items(items, path, errors),
            Value::Object(fields) => {
                let size = fields.len() as u64;
                let why = |n| format!("{path} in body should have at least {n} properties");
                too_few(size, self.min_properties, path, why, errors);
                too_many(size, self.max_properties, path, errors);
            }
            Value::Null | Value::Bool(_) => {}
        }
    }

    fn check_text(&self, text: &str, value: &Value, path: &str, errors: &mut Vec<FieldError>) {
        let length = text.chars().count() as u64;
        if let Some(most) = self.max_length.filter(|most| length > *most) {
            errors.push(FieldError::too_long(path, most));
        }
        let mut wrong = |why: String| errors.push(FieldError::invalid(path, value, why));
        if let Some(least) = self.min_length.filter(|least| length < *least) {
            wrong(format!("{path} in body should be at least {least} chars long"));
        }
        if let Some(pattern) = self.pattern.as_ref().filter(|pattern| !pattern.is_match(text)) {
            wrong(format!("{path} in body should match '{pattern}'"));
        }
        if !formats::is_valid(&self.format, text) {
            errors.push(FieldError::wrong_type(path, value, &self.format, text));
        }
    }

    fn check_number(&self, n: &Number, value: &Value, path: &str, errors: &mut Vec<FieldError>) {
        let mut wrong = |why: String| errors.push(FieldError::invalid(path, value, why));
        let float = |number: &Number| number.as_f64().unwrap_or_default();
        if let Some(limit) = &self.minimum
            && (float(n) < float(limit) || (self.exclusive_minimum && float(n) <= float(limit)))
        {
            let or_equal = if self.exclusive_minimum { "" } else { " or equal to" };
            wrong(format!("{path} in body should be greater than{or_equal} {}", float(limit)));
        }
        if let Some(limit) = &self.maximum
            && (float(n) > float(limit) || (self.exclusive_maximum && float(n) >= float(limit)))
        {
            let or_equal = if self.exclusive_maximum { "" } else { " or equal to" };
            wrong(format!("{path} in body should be less than{or_equal} {}", float(limit)));
        }
        if let Some(step) = &self.multiple_of
            && (float(n) / float(step)).fract() != 0.0
        {
            wrong(format!("{path} in body should be a multiple of {step}"));
        }
        let whole = n.as_i64().unwrap_or_default();
        if self.format == "int32" && i32::try_from(whole).is_err() {
            wrong(format!("{path} in body must be of type int32: {n:?}"));
        }
    }

    fn check_items(&self, items: &[Value], path: &str, errors: &mut Vec<FieldError>) {
        let size = items.len() as u64;
        let why = |n| format!("{path} in body should have at least {n} items");
        too_few(size, self.min_items, path, why, errors);
        too_many(size, self.max_items, path, errors);
        let has_duplicates = items.iter().enumerate().any(|(at, item)| items[..at].contains(item));
        if self.unique_items && has_duplicates {
            let why = format!("{path} in body shouldn't contain duplicates");
            errors.push(FieldError::invalid(path, &Value::from(""), why));
        }
    }
}

fn too_few(
    size: u64,
    least: Option<u64>,
    path: &str,
    why: impl Fn(u64) -> String,
    errors: &mut Vec<FieldError>,
) {
    if let Some(least) = least.filter(|least| size < *least) {
        errors.push(FieldError::invalid(path, &size.into(), why(least)));
    }
}

fn too_many(size: u64, most: Option<u64>, path: &str, errors: &mut Vec<FieldError>) {
    if let Some(most) = most.filter(|most| size > *most) {
        errors.push(FieldError::too_many(path, size, most));
    }
}
