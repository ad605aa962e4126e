//! Calendar arithmetic: parses RFC 3339 in UTC, and converts seconds to a date and a time of day.
//!
//! A library would take a tenth of the download limit. The tests compare every day of two centuries
//! with a library.

const DAY: i64 = 86_400;
const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
const WEEKDAYS: [&str; 7] =
    ["Thursday", "Friday", "Saturday", "Sunday", "Monday", "Tuesday", "Wednesday"];

/// Parses `2026-03-02T12:00:00Z` to seconds since 1970; `None` for any other text. Fractions of a
/// second are dropped.
pub(super) fn parse(text: &str) -> Option<i64> {
    let (date, time) = text.strip_suffix('Z')?.split_once('T')?;
    let [year, month, day] = numbers(date, '-')?;
    let [hour, minute, second] = numbers(time.split('.').next()?, ':')?;
    let valid = (1..=12).contains(&month)
        && (1..=31).contains(&day)
        && (0..24).contains(&hour)
        && (0..60).contains(&minute)
        && (0..=60).contains(&second);
    valid.then(|| days_before(year, month, day) * DAY + hour * 3600 + minute * 60 + second)
}

fn numbers(text: &str, separator: char) -> Option<[i64; 3]> {
    let mut parts = text.split(separator).map(|part| {
        let digits = !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        if digits { part.parse::<i64>().ok() } else { None }
    });
    let three = [parts.next()??, parts.next()??, parts.next()??];
    parts.next().is_none().then_some(three)
}

/// Days from 1970-01-01 to a date. Years start in March here, which makes the leap day the last
/// day.
const fn days_before(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

/// A date and a time of day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Civil {
    /// Days since 1970-01-01.
    pub day: i64,
    seconds: i64,
}

impl Civil {
    /// The date and the time of day, `seconds` after 1970 began.
    pub(super) const fn of(seconds: i64) -> Self {
        Self { day: seconds.div_euclid(DAY), seconds: seconds.rem_euclid(DAY) }
    }

    /// `16:00`
    pub(super) fn time(self) -> String {
        format!("{:02}:{:02}", self.seconds / 3600, self.seconds / 60 % 60)
    }

    /// `Friday`
    pub(super) fn weekday(self) -> &'static str {
        let position = usize::try_from(self.day.rem_euclid(7)).unwrap_or(0);
        WEEKDAYS.get(position).copied().unwrap_or_default()
    }

    /// `3 December`
    pub(super) fn date(self) -> String {
        let of_era = (self.day + 719_468).rem_euclid(146_097);
        let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
        let of_year = of_era - (365 * year + year / 4 - year / 100);
        let month = (5 * of_year + 2) / 153;
        let day = of_year - (153 * month + 2) / 5 + 1;
        let position = usize::try_from((month + 2) % 12).unwrap_or(0);
        format!("{day} {}", MONTHS.get(position).copied().unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use jiff::{Timestamp, tz::TimeZone};

    use super::*;

    #[test]
    fn every_day_of_two_centuries_matches_the_library() {
        for day in -10_000..70_000_i64 {
            let seconds = day * DAY + (day * 7_919).rem_euclid(DAY);
            let expected =
                Timestamp::from_second(seconds).expect("in range").to_zoned(TimeZone::UTC);
            let actual = Civil::of(seconds);
            assert_eq!(actual.time(), expected.strftime("%H:%M").to_string());
            assert_eq!(actual.weekday(), expected.strftime("%A").to_string());
            assert_eq!(actual.date(), expected.strftime("%-d %B").to_string());
            assert_eq!(parse(&expected.timestamp().to_string()), Some(seconds));
        }
    }

    #[test]
    fn other_text_is_not_parsed() {
        for text in [
            "",
            "now",
            "2026-03-02",
            "2026-13-02T00:00:00Z",
            "2026-03-02T24:00:00Z",
            "2026-03-02T00:00Z",
            "2026-03-02T00:00:00+01:00",
            "2026-03--2T00:00:00Z",
            "2026-03-02T00:00:00:00Z",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
        assert_eq!(parse("1970-01-01T00:00:01.75Z"), Some(1));
    }
}
