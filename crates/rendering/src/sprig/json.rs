//! Functions that encode and decode JSON as Go does.

use gtmpl_ng::Value;

use super::{
    args::{exactly, text},
    bounded_text::BoundedText,
    function::{Entry, FuncResult, call_error},
};
use crate::{
    masking::{again_all, plain},
    value::{from_json, to_json},
};

pub(super) const FUNCTIONS: &[Entry] = &[
    ("fromJson", |args| from("fromJson", args).or(Ok(Value::Nil))),
    ("mustFromJson", |args| from("mustFromJson", args)),
    ("mustToJson", |args| compact("mustToJson", args).map(|json| html_safe(&json).into())),
    ("mustToPrettyJson", |args| pretty("mustToPrettyJson", args)),
    ("mustToRawJson", |args| compact("mustToRawJson", args).map(Value::from)),
    ("toJson", |args| compact("toJson", args).map(|json| html_safe(&json).into())),
    ("toPrettyJson", |args| pretty("toPrettyJson", args)),
    ("toRawJson", |args| compact("toRawJson", args).map(Value::from)),
];

fn from(name: &str, args: &[Value]) -> FuncResult {
    let [json] = exactly(name, args)?;
    let json = serde_json::from_str(&plain(text(json)?)).map_err(|error| {
        call_error(format!("{name}: the text is not valid JSON (column {})", error.column()))
    })?;
    Ok(again_all(from_json(&json)))
}

fn compact(name: &str, args: &[Value]) -> Result<String, gtmpl_ng::FuncError> {
    let [value] = exactly(name, args)?;
    let mut json = BoundedText::default();
    serde_json::to_writer(&mut json, &to_json(value))
        .map_err(|error| call_error(error.to_string()))?;
    Ok(json.into())
}

fn pretty(name: &str, args: &[Value]) -> FuncResult {
    let [value] = exactly(name, args)?;
    let mut json = BoundedText::default();
    serde_json::to_writer_pretty(&mut json, &to_json(value))
        .map_err(|error| call_error(error.to_string()))?;
    Ok(html_safe(&String::from(json)).into())
}

/// Escapes the characters that could end a script element, as Go does. They occur only in strings.
fn html_safe(json: &str) -> String {
    let mut safe = String::with_capacity(json.len());
    for c in json.chars() {
        match c {
            '<' | '>' | '&' | '\u{2028}' | '\u{2029}' => {
                safe.push_str(&format!("\\u{:04x}", u32::from(c)));
            }
            _ => safe.push(c),
        }
    }
    safe
}
