//! What the functions need to read their arguments, and to write no more than they may.

use std::{borrow::Cow, collections::HashMap, io};

use gtmpl_ng::{FuncError, NumberKind, Value};

use crate::engine::LARGEST_OUTPUT;

/// What a function gives.
pub(super) type Answer = Result<Value, FuncError>;

/// An error in the author's words.
pub(super) fn wrong(problem: impl Into<String>) -> FuncError {
    FuncError::Generic(problem.into())
}

/// Exactly `N` arguments.
pub(super) fn exactly<'a, const N: usize>(
    name: &str,
    args: &'a [Value],
) -> Result<&'a [Value; N], FuncError> {
    args.try_into().map_err(|_| wrong(format!("{name} takes {N} arguments, not {}", args.len())))
}

/// At least `N` arguments, and what comes behind them.
pub(super) fn at_least<'a, const N: usize>(
    name: &str,
    args: &'a [Value],
) -> Result<(&'a [Value; N], &'a [Value]), FuncError> {
    args.split_first_chunk()
        .ok_or_else(|| wrong(format!("{name} takes at least {N} arguments, not {}", args.len())))
}

/// Whether there is nothing: a missing key, or `nil`.
pub(super) fn is_nothing(value: &Value) -> bool {
    matches!(value, Value::NoValue | Value::Nil)
}

/// The value as text; nothing is an empty text. A list or a map is an error.
pub(super) fn text(value: &Value) -> Result<Cow<'_, str>, FuncError> {
    match value {
        Value::String(text) => Ok(Cow::Borrowed(text)),
        Value::NoValue | Value::Nil => Ok(Cow::Borrowed("")),
        Value::Bool(_) | Value::Number(_) => Ok(Cow::Owned(value.to_string())),
        Value::Array(_) => Err(wrong("a text was expected, not a list; join it first")),
        Value::Map(_) | Value::Object(_) | Value::Function(_) => {
            Err(wrong("a text was expected, not a map; use toJson or toYaml"))
        }
    }
}

/// The value as it prints; nothing prints nothing.
pub(super) fn printed(value: &Value) -> String {
    if is_nothing(value) { String::new() } else { value.to_string() }
}

/// The value as a whole number: 0 for what is none, fractions cut off; texts are read with Go's base prefixes.
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

/// The value as a float, 0 for what is none.
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

/// A count that the author wrote, e.g. of characters: not negative, and no larger than an output may be.
pub(super) fn count(name: &str, value: &Value) -> Result<usize, FuncError> {
    let asked = integer(value);
    usize::try_from(asked)
        .ok()
        .filter(|count| *count <= LARGEST_OUTPUT)
        .ok_or_else(|| wrong(format!("{name}: {asked} is not a number from 0 to {LARGEST_OUTPUT}")))
}

/// The items of a list; nothing is an empty list.
pub(super) fn list<'a>(name: &str, value: &'a Value) -> Result<&'a [Value], FuncError> {
    match value {
        Value::Array(items) => Ok(items),
        Value::NoValue | Value::Nil => Ok(&[]),
        _ => Err(wrong(format!("{name} takes a list, and this value is none"))),
    }
}

/// The entries of a map.
pub(super) fn dict<'a>(
    name: &str,
    value: &'a Value,
) -> Result<&'a HashMap<String, Value>, FuncError> {
    match value {
        Value::Map(entries) | Value::Object(entries) => Ok(entries),
        _ => Err(wrong(format!("{name} takes a map, and this value is none"))),
    }
}

/// The items of a list, or the value alone, as texts; without those that are nothing.
pub(super) fn texts(value: &Value) -> Vec<String> {
    match value {
        Value::Array(items) => items.iter().filter(|item| !is_nothing(item)).map(printed).collect(),
        Value::NoValue | Value::Nil => vec![],
        other => vec![printed(other)],
    }
}

/// A list of texts.
pub(super) fn text_list<T: Into<Value>>(items: impl IntoIterator<Item = T>) -> Value {
    Value::Array(items.into_iter().map(Into::into).collect())
}

/// Whether Go calls the value empty: nothing, false, 0, or without content.
pub(super) fn is_empty(value: &Value) -> bool {
    match value {
        Value::NoValue | Value::Nil => true,
        Value::Bool(flag) => !flag,
        Value::String(text) => text.is_empty(),
        Value::Number(_) => number(value) == 0.0,
        Value::Array(items) => items.is_empty(),
        Value::Map(entries) => entries.is_empty(),
        // A struct is never empty in Go.
        Value::Object(_) | Value::Function(_) => false,
    }
}

/// A text that refuses to grow beyond what an output may be.
#[derive(Default)]
pub(super) struct Text(String);

impl Text {
    /// Adds `more`, or refuses.
    pub(super) fn push(&mut self, more: &str) -> Result<(), FuncError> {
        if self.0.len() + more.len() > LARGEST_OUTPUT {
            return Err(wrong(format!("the text grows beyond {LARGEST_OUTPUT} bytes")));
        }
        self.0.push_str(more);
        Ok(())
    }
}

impl From<Text> for Value {
    fn from(text: Text) -> Self {
        Self::String(text.0)
    }
}

impl From<Text> for String {
    fn from(text: Text) -> Self {
        text.0
    }
}

/// What writes UTF-8 in pieces can write into it.
impl io::Write for Text {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let more = std::str::from_utf8(bytes).map_err(io::Error::other)?;
        self.push(more).map_err(|error| io::Error::other(error.to_string()))?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
