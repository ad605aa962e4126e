//! Formats and parses dates with Go's layouts, which write the reference date
//! `Mon Jan 2 15:04:05 2006` in the desired form.

use jiff::{Zoned, civil::DateTime, tz::TimeZone};

/// The elements of a layout with jiff's directives. A longer element comes before its own prefix.
const PIECES: &[(&str, &str)] = &[
    ("January", "%B"),
    ("Jan", "%b"),
    ("Monday", "%A"),
    ("Mon", "%a"),
    ("MST", "%Z"),
    ("2006", "%Y"),
    ("-07:00:00", "%::z"),
    ("-07:00", "%:z"),
    ("-0700", "%z"),
    ("-07", "%:::z"),
    ("Z07:00", "%:z"),
    ("Z0700", "%z"),
    ("002", "%j"),
    ("01", "%m"),
    ("02", "%d"),
    ("03", "%I"),
    ("04", "%M"),
    ("05", "%S"),
    ("06", "%y"),
    ("15", "%H"),
    ("PM", "%p"),
    ("pm", "%P"),
    ("_2", "%e"),
    ("1", "%-m"),
    ("2", "%-d"),
    ("3", "%-I"),
    ("4", "%-M"),
    ("5", "%-S"),
];

/// The date in a layout.
pub(super) fn format(moment: &Zoned, layout: &str) -> String {
    let mut written = String::new();
    let mut rest = layout;
    while let Some(c) = rest.chars().next() {
        if let Some((piece, directive)) = piece(rest) {
            written.push_str(&directive_of(moment, piece, directive));
            rest = &rest[piece.len()..];
        } else if let Some(digits) = fraction(rest) {
            written.push_str(&fraction_of(moment, &rest[..=digits]));
            rest = &rest[digits + 1..];
        } else {
            written.push(c);
            rest = &rest[c.len_utf8()..];
        }
    }
    written
}

/// Parses a date in a layout. A date without a zone is in UTC.
pub(super) fn parse(layout: &str, date: &str) -> Option<Zoned> {
    let mut format = String::new();
    let mut rest = layout;
    while let Some(c) = rest.chars().next() {
        if let Some((piece, directive)) = piece(rest) {
            format.push_str(if piece == "MST" { "%Q" } else { directive });
            rest = &rest[piece.len()..];
        } else if let Some(digits) = fraction(rest) {
            format.push_str("%.f");
            rest = &rest[digits + 1..];
        } else {
            format.push_str(if c == '%' { "%%" } else { rest.get(..c.len_utf8())? });
            rest = &rest[c.len_utf8()..];
        }
    }
    // The directive does not parse RFC 3339's offset "Z".
    let numeric = date.strip_suffix('Z').filter(|_| layout.contains("Z07"));
    let date = numeric.map_or_else(|| date.to_owned(), |date| format!("{date}+00:00"));
    let parsed = jiff::fmt::strtime::parse(&format, &date).ok()?;
    match parsed.to_zoned() {
        Ok(zoned) => Some(zoned),
        Err(_) if parsed.offset().is_some() => {
            Some(parsed.to_timestamp().ok()?.to_zoned(TimeZone::UTC))
        }
        Err(_) => {
            let day = parsed.to_date().ok()?;
            let time = parsed.to_time().unwrap_or_default();
            DateTime::from_parts(day, time).to_zoned(TimeZone::UTC).ok()
        }
    }
}

fn piece(rest: &str) -> Option<(&'static str, &'static str)> {
    PIECES.iter().copied().find(|(piece, _)| rest.starts_with(piece))
}

fn directive_of(moment: &Zoned, piece: &str, directive: &str) -> String {
    if piece.starts_with('Z') && moment.offset().is_zero() {
        return "Z".to_owned();
    }
    moment.strftime(directive).to_string()
}

/// The number of digits of the fraction of a second at the start of `rest`: `.000` or `,999`, not
/// followed by another digit.
fn fraction(rest: &str) -> Option<usize> {
    let digits = rest.strip_prefix(['.', ','])?;
    let first = digits.chars().next().filter(|c| matches!(c, '0' | '9'))?;
    let count = digits.chars().take_while(|c| *c == first).count();
    let ends = !digits[count..].starts_with(|c: char| c.is_ascii_digit());
    ends.then_some(count)
}

/// The fraction with the layout's number of digits; without trailing zeros when the layout has `9`.
fn fraction_of(moment: &Zoned, layout: &str) -> String {
    let nanoseconds = format!("{:09}", moment.subsec_nanosecond());
    let digits = layout.len() - 1;
    let written: String =
        nanoseconds.chars().chain("0".repeat(digits).chars()).take(digits).collect();
    let written =
        if layout.ends_with('9') { written.trim_end_matches('0') } else { written.as_str() };
    if written.is_empty() { String::new() } else { format!("{}{written}", &layout[..1]) }
}
