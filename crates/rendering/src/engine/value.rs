//! Between JSON and the engine's values.

use std::collections::HashMap;

use gtmpl_ng::{Number, NumberKind, Value};
use serde_json::{Map, Value as Json};

/// Where Go begins to print floats with an exponent. Whole numbers from here on are kept as integers, so that a port or
/// an id from the claims prints as it was written.
const FIRST_WITH_EXPONENT: f64 = 1e6;
/// Above this a float does not hold every whole number.
const LARGEST_EXACT: f64 = 9_007_199_254_740_992.0;

/// A JSON value as Go sees it after decoding: numbers are floats, except large whole ones.
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

/// A JSON object as a map, which prints nothing for keys that it does not have.
pub(crate) fn from_json_object(entries: &Map<String, Json>) -> Value {
    Value::Map(entries.iter().map(|(key, value)| (key.clone(), from_json(value))).collect())
}

fn from_json_number(number: &serde_json::Number) -> Value {
    match (number.as_i64(), number.as_u64()) {
        (Some(whole), _) if (whole as f64).abs() >= FIRST_WITH_EXPONENT => signed(whole),
        (None, Some(large)) => Value::Number(Number::unsigned(large)),
        _ => float(number.as_f64().unwrap_or_default()),
    }
}

/// A float; one that is whole and that Go would print with an exponent becomes an integer.
pub(crate) fn float(number: f64) -> Value {
    let whole = number.fract() == 0.0;
    if whole && (FIRST_WITH_EXPONENT..=LARGEST_EXACT).contains(&number.abs()) {
        signed(number as i64)
    } else {
        Value::Number(Number::float(number))
    }
}

/// Go's `int64`.
pub(crate) fn signed(number: i64) -> Value {
    Value::Number(Number::signed(number))
}

/// Go's `int`: what a literal is, and what `int`, `len` and `until` give.
pub(crate) fn int(number: i64) -> Value {
    Value::from(number)
}

/// A struct: asking for a field that it does not have is an error.
pub(crate) fn structure<const N: usize>(fields: [(&str, Value); N]) -> Value {
    Value::Object(fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
}

/// A map of texts.
pub(crate) fn texts<'a>(entries: impl IntoIterator<Item = (&'a String, &'a String)>) -> Value {
    Value::Map(entries.into_iter().map(|(key, text)| (key.clone(), Value::from(text))).collect())
}

/// The value as JSON, keys sorted; whole numbers without a fraction, as Go encodes them.
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
        NumberKind::Float(number) if number.fract() == 0.0 && number.abs() <= LARGEST_EXACT => {
            (number as i64).into()
        }
        NumberKind::Float(number) => number.into(),
    }
}

/// The entries in the order of their keys.
pub(crate) fn sorted(entries: &HashMap<String, Value>) -> Vec<(&String, &Value)> {
    let mut entries: Vec<_> = entries.iter().collect();
    entries.sort_by_key(|(key, _)| *key);
    entries
}
