//! From a text to its parts and back.

use gtmpl_ng::Value;

use super::{
    Entry,
    args::{Answer, Text, exactly, integer, text, text_list, texts},
};

pub(super) const FUNCTIONS: &[Entry] = &[
    ("join", join),
    ("sortAlpha", sort_alpha),
    ("split", split),
    ("splitList", split_list),
    ("splitn", splitn),
    ("toStrings", to_strings),
];

fn join(args: &[Value]) -> Answer {
    let [separator, list] = exactly("join", args)?;
    let separator = text(separator)?;
    let mut joined = Text::default();
    for (at, item) in texts(list).iter().enumerate() {
        joined.push(if at == 0 { "" } else { &separator })?;
        joined.push(item)?;
    }
    Ok(joined.into())
}

fn sort_alpha(args: &[Value]) -> Answer {
    let [list] = exactly("sortAlpha", args)?;
    let mut items = texts(list);
    items.sort();
    Ok(text_list(items))
}

fn to_strings(args: &[Value]) -> Answer {
    let [list] = exactly("toStrings", args)?;
    Ok(text_list(texts(list)))
}

fn split_list(args: &[Value]) -> Answer {
    let [separator, whole] = exactly("splitList", args)?;
    Ok(text_list(parts(&text(separator)?, &text(whole)?, -1)))
}

fn split(args: &[Value]) -> Answer {
    let [separator, whole] = exactly("split", args)?;
    Ok(numbered(parts(&text(separator)?, &text(whole)?, -1)))
}

fn splitn(args: &[Value]) -> Answer {
    let [separator, most, whole] = exactly("splitn", args)?;
    Ok(numbered(parts(&text(separator)?, &text(whole)?, integer(most))))
}

/// At most `most` parts, all for a negative number. Without a separator each character is a part.
fn parts(separator: &str, whole: &str, most: i64) -> Vec<String> {
    let most = usize::try_from(most).unwrap_or(usize::MAX);
    if most == 0 {
        return vec![];
    }
    if separator.is_empty() {
        let mut characters = whole.chars();
        let mut parts: Vec<String> = characters.by_ref().take(most - 1).map(String::from).collect();
        let rest = characters.as_str();
        parts.extend((!rest.is_empty()).then(|| rest.to_owned()));
        return parts;
    }
    whole.splitn(most, separator).map(str::to_owned).collect()
}

/// The parts as fields `_0`, `_1` …
fn numbered(parts: Vec<String>) -> Value {
    let entries = parts.into_iter().enumerate();
    Value::Map(entries.map(|(at, part)| (format!("_{at}"), part.into())).collect())
}
