//! Reads the arguments of a function: their number, and values as texts, numbers, lists and maps.

use std::{borrow::Cow, collections::HashMap};

use gtmpl_ng::{FuncError, NumberKind, Value};

use super::function::call_error;
use crate::limits::MAX_OUTPUT_BYTES;

/// The arguments, when there are exactly `N`.
pub(super) fn exactly<'a, const N: usize>(
    name: &str,
    args: &'a [Value],
) -> Result<&'a [Value; N], FuncError> {
    args.try_into()
        .map_err(|_| call_error(format!("{name} takes {N} arguments, not {}", args.len())))
}

/// The first `N` arguments and the others, when there are at least `N`.
pub(super) fn at_least<'a, const N: usize>(
    name: &str,
    args: &'a [Value],
) -> Result<(&'a [Value; N], &'a [Value]), FuncError> {
    args.split_first_chunk().ok_or_else(|| {
        call_error(format!("{name} takes at least {N} arguments, not {}", args.len()))
    })
}

/// Whether the value is missing or `nil`.
pub(super) fn is_nil(value: &Value) -> bool {
    matches!(value, Value::NoValue | Value::Nil)
}

/// The value as text; a missing value is an empty text. A list or a map is an error.
pub(super) fn text(value: &Value) -> Result<Cow<'_, str>, FuncError> {
    match value {
        Value::String(text) => Ok(Cow::Borrowed(text)),
        Value::NoValue | Value::Nil => Ok(Cow::Borrowed("")),
        Value::Bool(_) | Value::Number(_) => Ok(Cow::Owned(value.to_string())),
        Value::Array(_) => {
            Err(call_error("this argument is a list where a text is expected; join it first"))
        }
        Value::Map(_) | Value::Object(_) | Value::Function(_) => {
            Err(call_error("this argument is a map where a text is expected; use toJson or toYaml"))
        }
    }
}

/// The value as it prints; a missing value prints nothing.
pub(super) fn printed(value: &Value) -> String {
    if is_nil(value) { String::new() } else { value.to_string() }
}

/// The value as a whole number. Fractions are cut off, texts may have Go's base prefixes, and
/// anything else is 0.
pub(super) fn integer(value: &Value) -> i64 {
    match value {
        Value::Number(number) => match number.kind() {
            NumberKind::Unsigned(number) => i64::try_from(number).unwrap_or(i64::MAX),
            NumberKind::Signed(number) => number,
            NumberKind::Float(number) => number as i64,
        },
        Value::Bool(flag) => i64::from(*flag),
        Value::String(text) => parsed_integer(text).unwrap_or_default(),
        _ => 0,
    }
}

fn parsed_integer(text: &str) -> Option<i64> {
    let whole = match text.split_once('.') {
        Some((whole, zeros)) if zeros.bytes().all(|digit| digit == b'0') => whole,
        _ => text,
    };
    let (sign, digits) = match whole.strip_prefix('-') {
        Some(digits) => ("-", digits),
        None => ("", whole.strip_prefix('+').unwrap_or(whole)),
    };
    let (radix, digits) = match digits.get(..2).map(str::to_ascii_lowercase).as_deref() {
        Some("0x") => (16, &digits[2..]),
        Some("0o") => (8, &digits[2..]),
        Some("0b") => (2, &digits[2..]),
        _ if digits.len() > 1 && digits.starts_with('0') => (8, &digits[1..]),
        _ => (10, digits),
    };
    if digits.starts_with(['+', '-']) {
        return None;
    }
    i64::from_str_radix(&format!("{sign}{}", digits.replace('_', "")), radix).ok()
}

/// The value as a float; 0 for anything but numbers, booleans and texts of numbers.
pub(super) fn number(value: &Value) -> f64 {
    match value {
        Value::Number(number) => match number.kind() {
            NumberKind::Unsigned(number) => number as f64,
            NumberKind::Signed(number) => number as f64,
            NumberKind::Float(number) => number,
        },
        Value::Bool(flag) => f64::from(u8::from(*flag)),
        Value::String(text) => text.parse().unwrap_or_default(),
        _ => 0.0,
    }
}

/// A count, for example of characters: from 0 to [`MAX_OUTPUT_BYTES`].
pub(super) fn count(name: &str, value: &Value) -> Result<usize, FuncError> {
    let given = integer(value);
    usize::try_from(given).ok().filter(|count| *count <= MAX_OUTPUT_BYTES).ok_or_else(|| {
        call_error(format!("{name}: {given} is not a number from 0 to {MAX_OUTPUT_BYTES}"))
    })
}

/// The items of a list; a missing value is an empty list.
pub(super) fn list<'a>(name: &str, value: &'a Value) -> Result<&'a [Value], FuncError> {
    match value {
        Value::Array(items) => Ok(items),
        Value::NoValue | Value::Nil => Ok(&[]),
        _ => Err(call_error(format!("{name} takes a list, but this argument is not a list"))),
    }
}

/// The entries of a map.
pub(super) fn dict<'a>(
    name: &str,
    value: &'a Value,
) -> Result<&'a HashMap<String, Value>, FuncError> {
    match value {
        Value::Map(entries) | Value::Object(entries) => Ok(entries),
        _ => Err(call_error(format!("{name} takes a map, but this argument is not a map"))),
    }
}

/// The items of a list as texts, without missing items. Any other value is a list of one item.
pub(super) fn texts(value: &Value) -> Vec<String> {
    match value {
        Value::Array(items) => items.iter().filter(|item| !is_nil(item)).map(printed).collect(),
        Value::NoValue | Value::Nil => vec![],
        other => vec![printed(other)],
    }
}

/// A list of texts.
pub(super) fn text_list<T: Into<Value>>(items: impl IntoIterator<Item = T>) -> Value {
    Value::Array(items.into_iter().map(Into::into).collect())
}

/// Whether the value is empty in Go's sense: missing, false, 0, or without content.
pub(super) fn is_empty(value: &Value) -> bool {
    match value {
        Value::NoValue | Value::Nil => true,
        Value::Bool(flag) => !flag,
        Value::String(text) => text.is_empty(),
        Value::Number(_) => number(value) == 0.0,
        Value::Array(items) => items.is_empty(),
        Value::Map(entries) => entries.is_empty(),
        // Go: a struct is never empty.
        Value::Object(_) | Value::Function(_) => false,
    }
}
