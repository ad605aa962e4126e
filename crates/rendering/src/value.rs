//! The template engine's values: constructors, and conversions from and to JSON.

use std::collections::HashMap;

use gtmpl_ng::{Number, NumberKind, Value};
use serde_json::{Map, Value as Json};

/// The smallest float that Go prints with an exponent. Whole numbers from here on become integers,
/// so that an id from the claims prints as it was written.
const MIN_EXPONENT_FLOAT: f64 = 1e6;
/// 2^53: up to here, a float represents every whole number exactly.
const MAX_EXACT_INTEGER: f64 = 9_007_199_254_740_992.0;

/// A JSON value as Go decodes it: numbers are floats. Large whole numbers become integers.
pub(crate) fn from_json(json: &Json) -> Value {
    match json {
        Json::Null => Value::Nil,
        Json::Bool(flag) => Value::Bool(*flag),
        Json::String(text) => Value::String(text.clone()),
        Json::Number(number) => from_json_number(number),
        Json::Array(items) => Value::Array(items.iter().map(from_json).collect()),
        Json::Object(entries) => from_json_object(entries),
    }
}

/// A JSON object as a map. A missing key of a map prints nothing.
pub(crate) fn from_json_object(entries: &Map<String, Json>) -> Value {
    Value::Map(entries.iter().map(|(key, value)| (key.clone(), from_json(value))).collect())
}

fn from_json_number(number: &serde_json::Number) -> Value {
    match (number.as_i64(), number.as_u64()) {
        (Some(whole), _) if (whole as f64).abs() >= MIN_EXPONENT_FLOAT => signed(whole),
        (None, Some(large)) => Value::Number(Number::unsigned(large)),
        _ => float(number.as_f64().unwrap_or_default()),
    }
}

/// A float. A whole float that Go prints with an exponent becomes an integer.
pub(crate) fn float(number: f64) -> Value {
    let whole = number.fract() == 0.0;
    if whole && (MIN_EXPONENT_FLOAT..=MAX_EXACT_INTEGER).contains(&number.abs()) {
        signed(number as i64)
    } else {
        Value::Number(Number::float(number))
    }
}

/// Go's `int64`.
pub(crate) fn signed(number: i64) -> Value {
    Value::Number(Number::signed(number))
}

/// Go's `int`: the type of a literal and of the results of `int`, `len` and `until`.
pub(crate) fn int(number: i64) -> Value {
    Value::from(number)
}

/// A struct. A missing field of a struct is an error.
pub(crate) fn structure<const N: usize>(fields: [(&str, Value); N]) -> Value {
    Value::Object(fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
}

/// A map of texts.
pub(crate) fn texts<'a>(entries: impl IntoIterator<Item = (&'a String, &'a String)>) -> Value {
    Value::Map(entries.into_iter().map(|(key, text)| (key.clone(), Value::from(text))).collect())
}

/// The value as JSON, as Go encodes it: keys sorted, whole numbers without a fraction.
pub(crate) fn to_json(value: &Value) -> Json {
    match value {
        Value::NoValue | Value::Nil | Value::Function(_) => Json::Null,
        Value::Bool(flag) => Json::Bool(*flag),
        Value::String(text) => Json::String(text.clone()),
        Value::Number(number) => number_to_json(number.kind()),
        Value::Array(items) => Json::Array(items.iter().map(to_json).collect()),
        Value::Map(entries) | Value::Object(entries) => Json::Object(
            sorted(entries).into_iter().map(|(key, item)| (key.clone(), to_json(item))).collect(),
        ),
    }
}

fn number_to_json(number: NumberKind) -> Json {
    match number {
        NumberKind::Unsigned(number) => number.into(),
        NumberKind::Signed(number) => number.into(),
        NumberKind::Float(number) if number.fract() == 0.0 && number.abs() <= MAX_EXACT_INTEGER => {
            (number as i64).into()
        }
        NumberKind::Float(number) => number.into(),
    }
}

/// The entries, sorted by key.
pub(crate) fn sorted(entries: &HashMap<String, Value>) -> Vec<(&String, &Value)> {
    let mut entries: Vec<_> = entries.iter().collect();
    entries.sort_by_key(|(key, _)| *key);
    entries
}
