//! Texts: trimming, cutting, padding, quoting, searching.

use gtmpl_ng::{FuncError, Value};

use super::{
    Entry,
    args::{Answer, Text, at_least, count, exactly, integer, is_nothing, printed, text, wrong},
};

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

fn trim(args: &[Value]) -> Answer {
    let [from] = exactly("trim", args)?;
    Ok(text(from)?.trim().into())
}

fn trim_all(args: &[Value]) -> Answer {
    let [cut, from] = exactly("trimAll", args)?;
    let cut = text(cut)?;
    Ok(text(from)?.trim_matches(|c| cut.contains(c)).into())
}

fn trim_prefix(args: &[Value]) -> Answer {
    let [prefix, from] = exactly("trimPrefix", args)?;
    let from = text(from)?;
    Ok(from.strip_prefix(&*text(prefix)?).unwrap_or(&from).into())
}

fn trim_suffix(args: &[Value]) -> Answer {
    let [suffix, from] = exactly("trimSuffix", args)?;
    let from = text(from)?;
    Ok(from.strip_suffix(&*text(suffix)?).unwrap_or(&from).into())
}

fn nospace(args: &[Value]) -> Answer {
    let [from] = exactly("nospace", args)?;
    Ok(text(from)?.split_whitespace().collect::<String>().into())
}

fn contains(args: &[Value]) -> Answer {
    let [part, whole] = exactly("contains", args)?;
    Ok(text(whole)?.contains(&*text(part)?).into())
}

fn has_prefix(args: &[Value]) -> Answer {
    let [prefix, whole] = exactly("hasPrefix", args)?;
    Ok(text(whole)?.starts_with(&*text(prefix)?).into())
}

fn has_suffix(args: &[Value]) -> Answer {
    let [suffix, whole] = exactly("hasSuffix", args)?;
    Ok(text(whole)?.ends_with(&*text(suffix)?).into())
}

fn repeat(args: &[Value]) -> Answer {
    let [times, what] = exactly("repeat", args)?;
    let (times, what) = (count("repeat", times)?, text(what)?);
    let mut repeated = Text::default();
    if !what.is_empty() {
        for _ in 0..times {
            repeated.push(&what)?;
        }
    }
    Ok(repeated.into())
}

fn replace(args: &[Value]) -> Answer {
    let [old, new, whole] = exactly("replace", args)?;
    let (old, new, whole) = (text(old)?, text(new)?, text(whole)?);
    let mut replaced = Text::default();
    let mut rest = 0;
    for (at, found) in whole.match_indices(&*old) {
        replaced.push(&whole[rest..at])?;
        replaced.push(&new)?;
        rest = at + found.len();
    }
    replaced.push(&whole[rest..])?;
    Ok(replaced.into())
}

fn plural(args: &[Value]) -> Answer {
    let [one, many, number] = exactly("plural", args)?;
    Ok(text(if integer(number) == 1 { one } else { many })?.into())
}

/// `start`, and the text with as many spaces in front of each line.
fn padded(name: &str, args: &[Value], start: &str) -> Answer {
    let [spaces, lines] = exactly(name, args)?;
    let pad = " ".repeat(count(name, spaces)?);
    let mut padded = Text::default();
    padded.push(start)?;
    for (at, line) in text(lines)?.split('\n').enumerate() {
        padded.push(if at == 0 { "" } else { "\n" })?;
        padded.push(&pad)?;
        padded.push(line)?;
    }
    Ok(padded.into())
}

fn cat(args: &[Value]) -> Answer {
    let words: Vec<String> = args.iter().filter(|it| !is_nothing(it)).map(printed).collect();
    Ok(words.join(" ").into())
}

fn quote(args: &[Value]) -> Answer {
    quoted(args, |value| {
        gtmpl_ng::funcs::printf(&["%q".into(), value.into()]).map(|it| printed(&it))
    })
}

fn squote(args: &[Value]) -> Answer {
    quoted(args, |value| Ok(format!("'{value}'")))
}

/// Each argument in quotes, without those that are nothing.
fn quoted(args: &[Value], quote: impl Fn(String) -> Result<String, FuncError>) -> Answer {
    let words = args.iter().filter(|it| !is_nothing(it)).map(|value| quote(printed(value)));
    Ok(words.collect::<Result<Vec<_>, _>>()?.join(" ").into())
}

/// The characters from `start` to before `end`. Go counts bytes here; characters never end in half of one.
fn characters(whole: &str, start: usize, end: usize) -> String {
    whole.chars().skip(start).take(end.saturating_sub(start)).collect()
}

fn length(whole: &str) -> i64 {
    i64::try_from(whole.chars().count()).unwrap_or(i64::MAX)
}

fn position(number: i64) -> usize {
    usize::try_from(number).unwrap_or_default()
}

fn substr(args: &[Value]) -> Answer {
    let [start, end, whole] = exactly("substr", args)?;
    let (start, end, whole) = (integer(start), integer(end), text(whole)?);
    let end = if end < 0 || end > length(&whole) { length(&whole) } else { end };
    if start > end {
        return Err(wrong("substr: the start is behind the end"));
    }
    Ok(characters(&whole, position(start), position(end)).into())
}

fn trunc(args: &[Value]) -> Answer {
    let [size, whole] = exactly("trunc", args)?;
    let (size, whole) = (integer(size), text(whole)?);
    let cut = match size {
        0.. => characters(&whole, 0, position(size)),
        _ => characters(&whole, position(length(&whole).saturating_add(size)), usize::MAX),
    };
    Ok(cut.into())
}

fn abbrev(args: &[Value]) -> Answer {
    let [width, whole] = exactly("abbrev", args)?;
    Ok(abbreviated(&text(whole)?, 0, integer(width)).into())
}

fn abbrevboth(args: &[Value]) -> Answer {
    let ([offset, width, whole], _) = at_least("abbrevboth", args)?;
    let (offset, width, whole) = (integer(offset), integer(width), text(whole)?);
    if offset > 0 && width < 7 {
        return Ok(whole.into());
    }
    Ok(abbreviated(&whole, offset, width).into())
}

/// At most `width` characters of the text from about `offset` on, with `...` for what is left out.
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
