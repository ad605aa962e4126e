//! Functions on regular expressions. The engine is Rust's; its syntax differs from Go's in rare
//! forms only.

use std::{borrow::Cow, time::Duration};

use gtmpl_ng::{FuncError, Value, limits};
use regex::{Regex, RegexBuilder};

use super::{
    args::{exactly, integer, text, text_list},
    bounded_text::BoundedText,
    function::{Entry, FuncResult, call_error},
};
use crate::{
    limits::{MAX_REGEX_BYTES, MAX_SEARCHED_BYTES},
    masking::{again, again_all, plain},
};

pub(super) const FUNCTIONS: &[Entry] = &[
    ("mustRegexFind", find),
    ("mustRegexFindAll", find_all),
    ("mustRegexMatch", is_match),
    ("mustRegexReplaceAll", replace_all),
    ("mustRegexReplaceAllLiteral", replace_all_literal),
    ("mustRegexSplit", split),
    ("regexFind", find),
    ("regexFindAll", find_all),
    ("regexMatch", |args| is_match(args).or(Ok(false.into()))),
    ("regexQuoteMeta", quote_meta),
    ("regexReplaceAll", replace_all),
    ("regexReplaceAllLiteral", replace_all_literal),
    ("regexSplit", split),
];

fn compiled(pattern: &Value) -> Result<Regex, FuncError> {
    let pattern = text(pattern)?;
    RegexBuilder::new(&pattern)
        .size_limit(MAX_REGEX_BYTES)
        .dfa_size_limit(MAX_REGEX_BYTES)
        .build()
        .map_err(|_| {
            call_error(format!("\"{pattern}\" is not a regular expression, or it is too large"))
        })
}

/// The text to search.
///
/// # Errors
///
/// When the text is longer than [`MAX_SEARCHED_BYTES`].
fn searched(whole: &Value) -> Result<Cow<'_, str>, FuncError> {
    let whole = plain(text(whole)?);
    if whole.len() > MAX_SEARCHED_BYTES {
        return Err(call_error(format!(
            "regular expressions search at most {MAX_SEARCHED_BYTES} bytes"
        )));
    }
    Ok(whole)
}

/// Stops between two matches when the rendering has timed out.
fn check_time() -> Result<(), FuncError> {
    match limits::remaining() {
        Some(Duration::ZERO) => {
            Err(call_error("the regular expression takes too long; simplify it"))
        }
        _ => Ok(()),
    }
}

/// The limit of matches; as in Go, a negative number means no limit.
fn max_matches(limit: &Value) -> usize {
    usize::try_from(integer(limit)).unwrap_or(usize::MAX)
}

fn is_match(args: &[Value]) -> FuncResult {
    let [pattern, whole] = exactly("regexMatch", args)?;
    Ok(compiled(pattern)?.is_match(&searched(whole)?).into())
}

fn find(args: &[Value]) -> FuncResult {
    let [pattern, whole] = exactly("regexFind", args)?;
    let whole = searched(whole)?;
    Ok(again(compiled(pattern)?.find(&whole).map_or("", |found| found.as_str())).into())
}

fn find_all(args: &[Value]) -> FuncResult {
    let [pattern, whole, limit] = exactly("regexFindAll", args)?;
    let (pattern, whole) = (compiled(pattern)?, searched(whole)?);
    let mut all = vec![];
    for found in pattern.find_iter(&whole).take(max_matches(limit)) {
        check_time()?;
        all.push(found.as_str());
    }
    Ok(again_all(text_list(all)))
}

fn replace_all(args: &[Value]) -> FuncResult {
    replaced("regexReplaceAll", args, |captures, with, part| captures.expand(with, part))
}

fn replace_all_literal(args: &[Value]) -> FuncResult {
    replaced("regexReplaceAllLiteral", args, |_, with, part| part.push_str(with))
}

fn replaced(
    name: &str,
    args: &[Value],
    expand: impl Fn(&regex::Captures<'_>, &str, &mut String),
) -> FuncResult {
    let [pattern, whole, with] = exactly(name, args)?;
    let (pattern, whole, with) = (compiled(pattern)?, searched(whole)?, text(with)?);
    let mut replaced = BoundedText::default();
    let (mut rest, mut part) = (0, String::new());
    for captures in pattern.captures_iter(&whole) {
        check_time()?;
        let found = captures.get_match();
        replaced.push(&again(&whole[rest..found.start()]))?;
        part.clear();
        expand(&captures, &with, &mut part);
        // Only with a `$` does it have a part of the text.
        replaced.push(&if with.contains('$') { again(&part) } else { (&part).into() })?;
        rest = found.end();
    }
    replaced.push(&again(&whole[rest..]))?;
    Ok(replaced.into())
}

fn split(args: &[Value]) -> FuncResult {
    let [pattern, whole, limit] = exactly("regexSplit", args)?;
    let (pattern, whole) = (compiled(pattern)?, searched(whole)?);
    let max = max_matches(limit);
    let mut parts: Vec<&str> = vec![];
    let (mut rest, mut last_match) = (0, 0);
    for found in pattern.find_iter(&whole).take(max) {
        check_time()?;
        if parts.len() + 1 == max {
            break;
        }
        // An empty match at the start of the text does not split it.
        if found.end() > 0 {
            parts.push(&whole[rest..found.start()]);
        }
        (rest, last_match) = (found.end(), found.start());
    }
    if max > 0 && (last_match < whole.len() || whole.is_empty()) {
        parts.push(&whole[rest..]);
    }
    Ok(again_all(text_list(parts)))
}

fn quote_meta(args: &[Value]) -> FuncResult {
    let [plain] = exactly("regexQuoteMeta", args)?;
    let mut quoted = String::new();
    for c in text(plain)?.chars() {
        if r"\.+*?()|[]{}^$".contains(c) {
            quoted.push('\\');
        }
        quoted.push(c);
    }
    Ok(quoted.into())
}
