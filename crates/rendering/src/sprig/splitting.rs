//! Functions that split texts and join lists.

use gtmpl_ng::Value;

use super::{
    args::{exactly, integer, text, text_list, texts},
    bounded_text::BoundedText,
    function::{Entry, FuncResult},
};
use crate::masking::{again_all, plain};

pub(super) const FUNCTIONS: &[Entry] = &[
    ("join", join),
    ("sortAlpha", sort_alpha),
    ("split", split),
    ("splitList", split_list),
    ("splitn", splitn),
    ("toStrings", to_strings),
];

fn join(args: &[Value]) -> FuncResult {
    let [separator, list] = exactly("join", args)?;
    let separator = text(separator)?;
    let mut joined = BoundedText::default();
    for (at, item) in texts(list).iter().enumerate() {
        joined.push(if at == 0 { "" } else { &separator })?;
        joined.push(item)?;
    }
    Ok(joined.into())
}

fn sort_alpha(args: &[Value]) -> FuncResult {
    let [list] = exactly("sortAlpha", args)?;
    let mut items = texts(list);
    items.sort();
    Ok(text_list(items))
}

fn to_strings(args: &[Value]) -> FuncResult {
    let [list] = exactly("toStrings", args)?;
    Ok(text_list(texts(list)))
}

fn split_list(args: &[Value]) -> FuncResult {
    let [separator, whole] = exactly("splitList", args)?;
    Ok(again_all(text_list(parts(&text(separator)?, &plain(text(whole)?), -1))))
}

fn split(args: &[Value]) -> FuncResult {
    let [separator, whole] = exactly("split", args)?;
    Ok(again_all(numbered(parts(&text(separator)?, &plain(text(whole)?), -1))))
}

fn splitn(args: &[Value]) -> FuncResult {
    let [separator, max, whole] = exactly("splitn", args)?;
    Ok(again_all(numbered(parts(&text(separator)?, &plain(text(whole)?), integer(max)))))
}

/// At most `max` parts; all parts for a negative number. Without a separator each character is a
/// part.
fn parts(separator: &str, whole: &str, max: i64) -> Vec<String> {
    let max = usize::try_from(max).unwrap_or(usize::MAX);
    if max == 0 {
        return vec![];
    }
    if separator.is_empty() {
        let mut characters = whole.chars();
        let mut parts: Vec<String> = characters.by_ref().take(max - 1).map(String::from).collect();
        let rest = characters.as_str();
        parts.extend((!rest.is_empty()).then(|| rest.to_owned()));
        return parts;
    }
    whole.splitn(max, separator).map(str::to_owned).collect()
}

/// The parts as a map with the keys `_0`, `_1` and so on.
fn numbered(parts: Vec<String>) -> Value {
    let entries = parts.into_iter().enumerate();
    Value::Map(entries.map(|(at, part)| (format!("_{at}"), part.into())).collect())
}
