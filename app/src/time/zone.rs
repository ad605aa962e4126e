use jiff::{Timestamp, civil::DateTime, tz::Offset};

use super::Moment;

/// The reader's time zone at the moments that matter here: minutes east of Greenwich.
///
/// The browser tells it in a cookie, so that the server can write the same words; without it, times are in UTC and say so.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Zone(pub Option<i32>);

impl Zone {
    /// When something ends, seen from `now`: `16:00`, `16:00 tomorrow`, `16:00 on Friday`, `16:00 on 3 December`.
    #[must_use]
    pub fn until(self, end: Moment, now: Moment) -> String {
        let (Some(end), Some(today)) = (self.local(end), self.local(now)) else {
            return String::new();
        };
        let clock = end.strftime("%H:%M");
        let suffix = if self.0.is_none() { " UTC" } else { "" };
        let days = (end.date() - today.date()).get_days();
        match days {
            0 => format!("{clock}{suffix}"),
            1 => format!("{clock}{suffix} tomorrow"),
            2..=6 => format!("{clock}{suffix} on {}", end.strftime("%A")),
            _ => format!("{clock}{suffix} on {}", end.strftime("%-d %B")),
        }
    }

    fn local(self, moment: Moment) -> Option<DateTime> {
        let offset = Offset::from_seconds(self.0.unwrap_or(0).checked_mul(60)?).ok()?;
        Some(offset.to_datetime(Timestamp::from_second(moment.0).ok()?))
    }
}
