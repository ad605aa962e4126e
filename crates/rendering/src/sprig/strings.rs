//! Functions that trim, cut, pad, quote and search texts.

use gtmpl_ng::{FuncError, Value};

use super::{
    args::{at_least, count, exactly, integer, is_nil, printed, text},
    bounded_text::BoundedText,
    function::{Entry, FuncResult, call_error},
};
use crate::masking::{again, plain};

pub(super) const FUNCTIONS: &[Entry] = &[
    ("abbrev", abbrev),
    ("abbrevboth", abbrevboth),
    ("cat", cat),
    ("contains", contains),
    ("hasPrefix", has_prefix),
    ("hasSuffix", has_suffix),
    ("hello", |_| Ok("Hello!".into())),
    ("indent", |args| padded("indent", args, "")),
    ("nindent", |args| padded("nindent", args, "\n")),
    ("nospace", nospace),
    ("plural", plural),
    ("quote", quote),
    ("repeat", repeat),
    ("replace", replace),
    ("squote", squote),
    ("substr", substr),
    ("trim", trim),
    ("trimAll", trim_all),
    ("trimPrefix", trim_prefix),
    ("trimSuffix", trim_suffix),
    ("trimall", trim_all),
    ("trunc", trunc),
];

fn trim(args: &[Value]) -> FuncResult {
    let [from] = exactly("trim", args)?;
    Ok(text(from)?.trim().into())
}

fn trim_all(args: &[Value]) -> FuncResult {
    let [cut, from] = exactly("trimAll", args)?;
    let cut = text(cut)?;
    Ok(text(from)?.trim_matches(|c| cut.contains(c)).into())
}

fn trim_prefix(args: &[Value]) -> FuncResult {
    let [prefix, from] = exactly("trimPrefix", args)?;
    let from = text(from)?;
    Ok(from.strip_prefix(&*text(prefix)?).unwrap_or(&from).into())
}

fn trim_suffix(args: &[Value]) -> FuncResult {
    let [suffix, from] = exactly("trimSuffix", args)?;
    let from = text(from)?;
    Ok(from.strip_suffix(&*text(suffix)?).unwrap_or(&from).into())
}

fn nospace(args: &[Value]) -> FuncResult {
    let [from] = exactly("nospace", args)?;
    Ok(text(from)?.split_whitespace().collect::<String>().into())
}

fn contains(args: &[Value]) -> FuncResult {
    let [part, whole] = exactly("contains", args)?;
    Ok(plain(text(whole)?).contains(&*plain(text(part)?)).into())
}

fn has_prefix(args: &[Value]) -> FuncResult {
    let [prefix, whole] = exactly("hasPrefix", args)?;
    Ok(plain(text(whole)?).starts_with(&*plain(text(prefix)?)).into())
}

fn has_suffix(args: &[Value]) -> FuncResult {
    let [suffix, whole] = exactly("hasSuffix", args)?;
    Ok(plain(text(whole)?).ends_with(&*plain(text(suffix)?)).into())
}

fn repeat(args: &[Value]) -> FuncResult {
    let [times, what] = exactly("repeat", args)?;
    let (times, what) = (count("repeat", times)?, text(what)?);
    let mut repeated = BoundedText::default();
    if !what.is_empty() {
        for _ in 0..times {
            repeated.push(&what)?;
        }
    }
    Ok(repeated.into())
}

fn replace(args: &[Value]) -> FuncResult {
    let [old, new, whole] = exactly("replace", args)?;
    let (old, new, whole) = (plain(text(old)?), text(new)?, plain(text(whole)?));
    let mut replaced = BoundedText::default();
    let mut rest = 0;
    for (at, found) in whole.match_indices(&*old) {
        replaced.push(&again(&whole[rest..at]))?;
        replaced.push(&new)?;
        rest = at + found.len();
    }
    replaced.push(&again(&whole[rest..]))?;
    Ok(replaced.into())
}

fn plural(args: &[Value]) -> FuncResult {
    let [one, many, number] = exactly("plural", args)?;
    Ok(text(if integer(number) == 1 { one } else { many })?.into())
}

/// `start` and the text, each line indented by the number of spaces.
fn padded(name: &str, args: &[Value], start: &str) -> FuncResult {
    let [spaces, lines] = exactly(name, args)?;
    let pad = " ".repeat(count(name, spaces)?);
    let mut padded = BoundedText::default();
    padded.push(start)?;
    for (at, line) in text(lines)?.split('\n').enumerate() {
        padded.push(if at == 0 { "" } else { "\n" })?;
        padded.push(&pad)?;
        padded.push(line)?;
    }
    Ok(padded.into())
}

fn cat(args: &[Value]) -> FuncResult {
    let words: Vec<String> = args.iter().filter(|it| !is_nil(it)).map(printed).collect();
    Ok(words.join(" ").into())
}

fn quote(args: &[Value]) -> FuncResult {
    quoted(args, |value| {
        gtmpl_ng::funcs::printf(&["%q".into(), value.into()]).map(|it| printed(&it))
    })
}

fn squote(args: &[Value]) -> FuncResult {
    quoted(args, |value| Ok(format!("'{value}'")))
}

/// Each argument in quotes; missing values are left out.
fn quoted(args: &[Value], quote: impl Fn(String) -> Result<String, FuncError>) -> FuncResult {
    let words = args.iter().filter(|it| !is_nil(it)).map(|value| quote(printed(value)));
    Ok(words.collect::<Result<Vec<_>, _>>()?.join(" ").into())
}

/// The characters from `start` to before `end`. Go counts bytes and may cut a character in half.
fn characters(whole: &str, start: usize, end: usize) -> String {
    whole.chars().skip(start).take(end.saturating_sub(start)).collect()
}

fn length(whole: &str) -> i64 {
    i64::try_from(whole.chars().count()).unwrap_or(i64::MAX)
}

fn position(number: i64) -> usize {
    usize::try_from(number).unwrap_or_default()
}

fn substr(args: &[Value]) -> FuncResult {
    let [start, end, whole] = exactly("substr", args)?;
    let (start, end, whole) = (integer(start), integer(end), text(whole)?);
    let end = if end < 0 || end > length(&whole) { length(&whole) } else { end };
    if start > end {
        return Err(call_error("substr: the start is after the end"));
    }
    Ok(characters(&whole, position(start), position(end)).into())
}

fn trunc(args: &[Value]) -> FuncResult {
    let [size, whole] = exactly("trunc", args)?;
    let (size, whole) = (integer(size), text(whole)?);
    let cut = match size {
        0.. => characters(&whole, 0, position(size)),
        _ => characters(&whole, position(length(&whole).saturating_add(size)), usize::MAX),
    };
    Ok(cut.into())
}

fn abbrev(args: &[Value]) -> FuncResult {
    let [width, whole] = exactly("abbrev", args)?;
    Ok(abbreviated(&text(whole)?, 0, integer(width)).into())
}

fn abbrevboth(args: &[Value]) -> FuncResult {
    let ([offset, width, whole], _) = at_least("abbrevboth", args)?;
    let (offset, width, whole) = (integer(offset), integer(width), text(whole)?);
    if offset > 0 && width < 7 {
        return Ok(whole.into());
    }
    Ok(abbreviated(&whole, offset, width).into())
}

/// At most `width` characters of the text, from about `offset` on. `...` replaces omitted text.
fn abbreviated(whole: &str, offset: i64, width: i64) -> String {
    let length = length(whole);
    if width < 4 || length <= width {
        return whole.to_owned();
    }
    let offset = offset.min(length).min(length - (width - 3));
    if offset <= 4 {
        return format!("{}...", characters(whole, 0, position(width - 3)));
    }
    if offset + width - 3 < length {
        let rest = characters(whole, position(offset), usize::MAX);
        return format!("...{}", abbreviated(&rest, 0, width - 3));
    }
    format!("...{}", characters(whole, position(length - (width - 3)), usize::MAX))
}
