//! Regular expressions: Rust's, whose syntax is Go's but for rare forms.

use std::{borrow::Cow, time::Duration};

use gtmpl_ng::{FuncError, Value, limits};
use regex::{Regex, RegexBuilder};

use super::{
    Entry,
    args::{Answer, Text, exactly, integer, text, text_list, wrong},
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

/// How much memory a compiled expression may take, in bytes.
const LARGEST_EXPRESSION: usize = 512 * 1024;
/// How long a text may be that is searched, in bytes: one search takes time by the expression times the text.
const LONGEST_TEXT: usize = 64 * 1024;

fn compiled(pattern: &Value) -> Result<Regex, FuncError> {
    let pattern = text(pattern)?;
    RegexBuilder::new(&pattern)
        .size_limit(LARGEST_EXPRESSION)
        .dfa_size_limit(LARGEST_EXPRESSION)
        .build()
        .map_err(|_| wrong(format!("\"{pattern}\" is no regular expression, or too large a one")))
}

/// The text to search.
fn searched(whole: &Value) -> Result<Cow<'_, str>, FuncError> {
    let whole = text(whole)?;
    if whole.len() > LONGEST_TEXT {
        return Err(wrong(format!("regular expressions search at most {LONGEST_TEXT} bytes")));
    }
    Ok(whole)
}

/// Refuses to go on with the next match when the rendering's time is up.
fn check_time() -> Result<(), FuncError> {
    match limits::remaining() {
        Some(Duration::ZERO) => Err(wrong("the regular expression takes too long; simplify it")),
        _ => Ok(()),
    }
}

/// Go's limits: a negative number is none.
fn most(limit: &Value) -> usize {
    usize::try_from(integer(limit)).unwrap_or(usize::MAX)
}

fn is_match(args: &[Value]) -> Answer {
    let [pattern, whole] = exactly("regexMatch", args)?;
    Ok(compiled(pattern)?.is_match(&searched(whole)?).into())
}

fn find(args: &[Value]) -> Answer {
    let [pattern, whole] = exactly("regexFind", args)?;
    Ok(compiled(pattern)?.find(&searched(whole)?).map_or("", |found| found.as_str()).into())
}

fn find_all(args: &[Value]) -> Answer {
    let [pattern, whole, limit] = exactly("regexFindAll", args)?;
    let (pattern, whole) = (compiled(pattern)?, searched(whole)?);
    let mut all = vec![];
    for found in pattern.find_iter(&whole).take(most(limit)) {
        check_time()?;
        all.push(found.as_str());
    }
    Ok(text_list(all))
}

fn replace_all(args: &[Value]) -> Answer {
    replaced("regexReplaceAll", args, |captures, with, part| captures.expand(with, part))
}

fn replace_all_literal(args: &[Value]) -> Answer {
    replaced("regexReplaceAllLiteral", args, |_, with, part| part.push_str(with))
}

fn replaced(
    name: &str,
    args: &[Value],
    expand: impl Fn(&regex::Captures<'_>, &str, &mut String),
) -> Answer {
    let [pattern, whole, with] = exactly(name, args)?;
    let (pattern, whole, with) = (compiled(pattern)?, searched(whole)?, text(with)?);
    let mut replaced = Text::default();
    let (mut rest, mut part) = (0, String::new());
    for captures in pattern.captures_iter(&whole) {
        check_time()?;
        let found = captures.get_match();
        replaced.push(&whole[rest..found.start()])?;
        part.clear();
        expand(&captures, &with, &mut part);
        replaced.push(&part)?;
        rest = found.end();
    }
    replaced.push(&whole[rest..])?;
    Ok(replaced.into())
}

fn split(args: &[Value]) -> Answer {
    let [pattern, whole, limit] = exactly("regexSplit", args)?;
    let (pattern, whole) = (compiled(pattern)?, searched(whole)?);
    let most = most(limit);
    let mut parts: Vec<&str> = vec![];
    let (mut rest, mut last_match) = (0, 0);
    for found in pattern.find_iter(&whole).take(most) {
        check_time()?;
        if parts.len() + 1 == most {
            break;
        }
        // An empty match in front of everything divides nothing, nor does one behind everything.
        if found.end() > 0 {
            parts.push(&whole[rest..found.start()]);
        }
        (rest, last_match) = (found.end(), found.start());
    }
    if most > 0 && (last_match < whole.len() || whole.is_empty()) {
        parts.push(&whole[rest..]);
    }
    Ok(text_list(parts))
}

fn quote_meta(args: &[Value]) -> Answer {
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
