//! Masks what people give: parameters and claims. A masked text has the same letters and digits,
//! and no character that means anything in YAML. So a rendering with masked values shows the
//! structure that the template's author wrote ([`crate::structure`]).
//!
//! Each masked character becomes one of Unicode's private use, and equal texts stay equal.

use std::{borrow::Cow, collections::HashMap};

use gtmpl_ng::Value;

use crate::fixed_inputs;

/// The private characters from here on stand for the first 256 characters.
const LATIN: u32 = 0xE000;
/// The characters above that mean something in YAML, and what stands for them.
const OTHERS: [(char, char); 3] =
    [('\u{2028}', '\u{E128}'), ('\u{2029}', '\u{E129}'), ('\u{FEFF}', '\u{E1FF}')];

/// The text without characters that mean something in YAML, at their place.
pub(crate) fn mask(text: &str) -> Cow<'_, str> {
    let start = text.len() - text.trim_start_matches(' ').len();
    let mut before = ' ';
    let masked = text.char_indices().map(|(at, c)| {
        let after = text[at + c.len_utf8()..].chars().next().unwrap_or(' ');
        let means = match c {
            ' ' => at < start,
            '-' => before == ' ' && matches!(after, ' ' | '-'),
            '.' => at == 0 && after == '.',
            '@' => before == ' ',
            '_' | '/' | '+' | '=' => false,
            c => !c.is_alphanumeric() && (c.is_ascii() || c.is_control() || other(c).is_some()),
        };
        before = c;
        if means { private(c) } else { c }
    });
    let masked: String = masked.collect();
    if masked == text { Cow::Borrowed(text) } else { Cow::Owned(masked) }
}

/// The text that was masked.
pub(crate) fn unmask(text: &str) -> Cow<'_, str> {
    let is_private = |c| ('\u{E000}'..='\u{E1FF}').contains(&c);
    if text.contains(is_private) {
        text.chars().map(|c| if is_private(c) { public(c) } else { c }).collect()
    } else {
        Cow::Borrowed(text)
    }
}

/// The value with all its texts masked, and the keys of its maps.
pub(crate) fn mask_all(value: &Value) -> Value {
    match value {
        Value::String(text) => mask(text).into_owned().into(),
        Value::Array(items) => Value::Array(items.iter().map(mask_all).collect()),
        Value::Map(entries) => Value::Map(mask_entries(entries)),
        other => other.clone(),
    }
}

fn mask_entries(entries: &HashMap<String, Value>) -> HashMap<String, Value> {
    entries.iter().map(|(key, value)| (mask(key).into_owned(), mask_all(value))).collect()
}

/// The text as a person gave it, for functions that split or search it. Their results are
/// [masked again](again).
pub(crate) fn plain(text: Cow<'_, str>) -> Cow<'_, str> {
    if fixed_inputs::are_masked() { unmask(&text).into_owned().into() } else { text }
}

/// A part of a [`plain`] text.
pub(crate) fn again(part: &str) -> Cow<'_, str> {
    if fixed_inputs::are_masked() { mask(part) } else { part.into() }
}

/// A value of parts of a [`plain`] text.
pub(crate) fn again_all(value: Value) -> Value {
    if fixed_inputs::are_masked() { mask_all(&value) } else { value }
}

fn other(c: char) -> Option<char> {
    OTHERS.iter().find(|(public, _)| *public == c).map(|(_, private)| *private)
}

fn private(c: char) -> char {
    let latin = || char::from_u32(LATIN + u32::from(c)).filter(|_| u32::from(c) < 0x100);
    other(c).or_else(latin).unwrap_or(c)
}

fn public(c: char) -> char {
    let other = OTHERS.iter().find(|(_, private)| *private == c).map(|(public, _)| *public);
    let latin = || u32::from(c).checked_sub(LATIN).and_then(char::from_u32);
    other.or_else(latin).unwrap_or(c)
}

#[cfg(test)]
mod tests;
