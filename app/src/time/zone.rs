use super::{Moment, civil::Civil};

/// The reader's time zone at the moments that matter here: minutes east of Greenwich.
///
/// The browser tells it in a cookie, so that the server can write the same words; without it, times are in UTC and say so.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Zone(pub Option<i32>);

impl Zone {
    /// When something ends, seen from `now`: `16:00`, `16:00 tomorrow`, `16:00 on Friday`, `16:00 on 3 December`.
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
