//! The user's time zone.

use super::{Moment, civil::Civil};

/// The user's time zone, as its current offset from UTC in minutes.
///
/// The browser stores it in a cookie, so that the server renders the same text. Without a zone,
/// times are in UTC and marked as such.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Zone(pub Option<i32>);

impl Zone {
    /// The text of a deadline, relative to `now`: `16:00`, `16:00 tomorrow`, `16:00 on Friday`,
    /// `16:00 on 3 December`.
    #[must_use]
    pub fn until(self, end: Moment, now: Moment) -> String {
        let (end, today) = (self.local(end), self.local(now));
        let suffix = if self.0.is_none() { " UTC" } else { "" };
        let clock = format!("{}{suffix}", end.time());
        match end.day - today.day {
            0 => clock,
            1 => format!("{clock} tomorrow"),
            2..=6 => format!("{clock} on {}", end.weekday()),
            _ => format!("{clock} on {}", end.date()),
        }
    }

    fn local(self, moment: Moment) -> Civil {
        Civil::of(moment.0 + i64::from(self.0.unwrap_or(0)) * 60)
    }
}
