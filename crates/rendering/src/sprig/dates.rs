//! Functions on dates and durations. A date is a text in the form in which Go prints dates, so that
//! it prints like Go's and other date functions can read it.

use std::fmt::Write as _;

use gtmpl_ng::Value;
use jiff::{SignedDuration, Timestamp, Zoned, tz::TimeZone};

use super::{
    args::{exactly, integer, text},
    function::{Entry, FuncResult, call_error},
    layout,
};
use crate::fixed_inputs;

pub(super) const FUNCTIONS: &[Entry] = &[
    ("ago", ago),
    ("date", date),
    ("dateInZone", date_in_zone),
    ("dateModify", |args| modified(args).or_else(|_| unmodified(args))),
    ("date_in_zone", date_in_zone),
    ("date_modify", |args| modified(args).or_else(|_| unmodified(args))),
    ("duration", duration),
    ("durationRound", duration_round),
    ("htmlDate", html_date),
    ("htmlDateInZone", html_date_in_zone),
    ("mustDateModify", modified),
    ("mustToDate", to_date),
    ("must_date_modify", modified),
    ("now", now),
    ("toDate", |args| to_date(args).or_else(|_| Ok(ZERO_DATE.into()))),
    ("unixEpoch", unix_epoch),
];

/// The layout in which Go prints a date.
const PRINTED_LAYOUT: &str = "2006-01-02 15:04:05.999999999 -0700 MST";
/// Go's zero date, as Go prints it.
const ZERO_DATE: &str = "0001-01-01 00:00:00 +0000 UTC";
const DAY_LAYOUT: &str = "2006-01-02";

fn printed(moment: &Zoned) -> Value {
    layout::format(moment, PRINTED_LAYOUT).into()
}

fn utc(moment: Timestamp) -> Zoned {
    moment.to_zoned(TimeZone::UTC)
}

/// A printed date, or seconds since 1970. As in sprig, anything else is the present.
fn moment(value: &Value) -> Zoned {
    let found = match value {
        Value::Number(_) => Timestamp::from_second(integer(value)).ok().map(utc),
        Value::String(text) => read(text),
        _ => None,
    };
    found.unwrap_or_else(|| utc(fixed_inputs::now()))
}

fn read(text: &str) -> Option<Zoned> {
    // The name of the zone is redundant: the offset stands before it.
    let (date, _) = text.rsplit_once(' ')?;
    layout::parse("2006-01-02 15:04:05.999999999 -0700", date)
        .or_else(|| layout::parse("2006-01-02 15:04:05 -0700", date))
}

fn now(args: &[Value]) -> FuncResult {
    let [] = exactly("now", args)?;
    Ok(printed(&utc(fixed_inputs::now())))
}

fn date(args: &[Value]) -> FuncResult {
    let [layout, date] = exactly("date", args)?;
    Ok(in_zone(&text(layout)?, date, "UTC"))
}

fn date_in_zone(args: &[Value]) -> FuncResult {
    let [layout, date, zone] = exactly("dateInZone", args)?;
    Ok(in_zone(&text(layout)?, date, &text(zone)?))
}

fn html_date(args: &[Value]) -> FuncResult {
    let [date] = exactly("htmlDate", args)?;
    Ok(in_zone(DAY_LAYOUT, date, "UTC"))
}

fn html_date_in_zone(args: &[Value]) -> FuncResult {
    let [date, zone] = exactly("htmlDateInZone", args)?;
    Ok(in_zone(DAY_LAYOUT, date, &text(zone)?))
}

/// The date in a zone of the tz database; an unknown zone is UTC.
fn in_zone(layout: &str, date: &Value, zone: &str) -> Value {
    let zone = TimeZone::get(zone).unwrap_or(TimeZone::UTC);
    layout::format(&moment(date).with_time_zone(zone), layout).into()
}

fn modified(args: &[Value]) -> FuncResult {
    let [by, date] = exactly("dateModify", args)?;
    let by = text(by)?;
    let nanoseconds = parse_duration(&by).ok_or_else(|| {
        call_error(format!("dateModify: \"{by}\" is not a duration such as -1h30m"))
    })?;
    let moment = moment(date)
        .checked_add(SignedDuration::from_nanos(nanoseconds))
        .map_err(|_| call_error("dateModify: the date is out of range"))?;
    Ok(printed(&moment))
}

fn unmodified(args: &[Value]) -> FuncResult {
    let [_, date] = exactly("dateModify", args)?;
    Ok(printed(&moment(date)))
}

fn to_date(args: &[Value]) -> FuncResult {
    let [layout, date] = exactly("toDate", args)?;
    let (layout, date) = (text(layout)?, text(date)?);
    let moment = layout::parse(&layout, &date).ok_or_else(|| {
        call_error(format!("\"{date}\" is not a date of the layout \"{layout}\""))
    })?;
    Ok(printed(&moment))
}

fn unix_epoch(args: &[Value]) -> FuncResult {
    let [date] = exactly("unixEpoch", args)?;
    Ok(moment(date).timestamp().as_second().to_string().into())
}

fn ago(args: &[Value]) -> FuncResult {
    let [date] = exactly("ago", args)?;
    Ok(go_duration(fixed_inputs::now().as_second() - moment(date).timestamp().as_second()).into())
}

/// Seconds as `1h2m3s`.
fn duration(args: &[Value]) -> FuncResult {
    let [seconds] = exactly("duration", args)?;
    Ok(go_duration(integer(seconds)).into())
}

/// A duration as Go prints it.
fn go_duration(seconds: i64) -> String {
    let (sign, all) = (if seconds < 0 { "-" } else { "" }, seconds.unsigned_abs());
    let (hours, minutes, seconds) = (all / 3600, all / 60 % 60, all % 60);
    let mut written = sign.to_owned();
    // Writing to a String never fails.
    let _ = match (hours, minutes) {
        (0, 0) => write!(written, "{seconds}s"),
        (0, _) => write!(written, "{minutes}m{seconds}s"),
        _ => write!(written, "{hours}h{minutes}m{seconds}s"),
    };
    written
}

/// The largest unit of a duration: `2h10m5s` as `2h`.
fn duration_round(args: &[Value]) -> FuncResult {
    let [given] = exactly("durationRound", args)?;
    let nanoseconds = match given {
        Value::Number(_) => integer(given),
        _ => {
            let given = text(given)?;
            let since = || read(&given).map(since_then);
            parse_duration(&given).or_else(since).unwrap_or_default()
        }
    };
    Ok(largest_unit(nanoseconds.unsigned_abs()).into())
}

fn since_then(moment: Zoned) -> i64 {
    let passed = fixed_inputs::now().duration_since(moment.timestamp());
    i64::try_from(passed.as_nanos()).unwrap_or(i64::MAX)
}

const SECOND: u64 = 1_000_000_000;
const HOUR: u64 = 3600 * SECOND;

fn largest_unit(nanoseconds: u64) -> String {
    let units = [
        (HOUR * 24 * 365, "y"),
        (HOUR * 24 * 30, "mo"),
        (HOUR * 24, "d"),
        (HOUR, "h"),
        (60 * SECOND, "m"),
        (SECOND, "s"),
    ];
    let largest = units.into_iter().find(|(unit, _)| nanoseconds > *unit);
    largest.map_or_else(|| "0s".to_owned(), |(unit, name)| format!("{}{name}", nanoseconds / unit))
}

/// A duration in Go's form, such as `-1h30m` or `1.5s`, in nanoseconds.
fn parse_duration(written: &str) -> Option<i64> {
    let (sign, mut rest) = match written.strip_prefix('-') {
        Some(rest) => (-1.0, rest),
        None => (1.0, written.strip_prefix('+').unwrap_or(written)),
    };
    if rest == "0" {
        return Some(0);
    }
    if rest.is_empty() {
        return None;
    }
    let mut all = 0.0;
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit() && c != '.')?;
        let (amount, behind) = rest.split_at(digits);
        let end = behind.find(|c: char| c.is_ascii_digit() || c == '.').unwrap_or(behind.len());
        let unit = match &behind[..end] {
            "ns" => 1.0,
            "us" | "µs" | "μs" => 1e3,
            "ms" => 1e6,
            "s" => 1e9,
            "m" => 60e9,
            "h" => 3600e9,
            _ => return None,
        };
        all += amount.parse::<f64>().ok()? * unit;
        rest = &behind[end..];
    }
    let below_overflow = 9.2e18;
    (all < below_overflow).then_some((sign * all) as i64)
}
