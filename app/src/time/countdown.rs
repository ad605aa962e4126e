//! The countdown of an environment.

use wire::Environment;

use super::{Moment, Zone, format_clock};

/// From this many seconds before the deadline on, the digits are red.
const LAST_SECONDS: i64 = 5 * 60;

/// How close the deadline is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Urgency {
    /// More than a fifth of the time is left.
    Long,
    /// A fifth or less, or the template's warning has been given.
    Soon,
    /// Five minutes or less.
    Last,
}

impl Urgency {
    /// The word in the attribute `data-time`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Long => "long",
            Self::Soon => "soon",
            Self::Last => "last",
        }
    }
}

/// The start and the deadline of an environment. The time left is always computed from the
/// deadline, never counted down, so that a sleep of the machine does not delay it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Countdown {
    start: Moment,
    end: Moment,
    warned: bool,
}

impl Countdown {
    /// The countdown of an environment; `None` without a deadline.
    #[must_use]
    pub fn of(environment: &Environment) -> Option<Self> {
        let end = Moment::parse(&environment.expires_at)?;
        let start = Moment::parse(&environment.started_at).unwrap_or(end);
        Some(Self { start, end, warned: environment.ends_soon })
    }

    /// The seconds left; never negative.
    #[must_use]
    pub fn left(self, now: Moment) -> i64 {
        now.seconds_until(self.end).max(0)
    }

    /// The share of the time that is left, in per cent.
    #[must_use]
    pub fn per_cent(self, now: Moment) -> i64 {
        let whole = self.start.seconds_until(self.end);
        if whole <= 0 { 0 } else { (self.left(now) * 100 / whole).clamp(0, 100) }
    }

    /// The spent share of `circumference`, in its unit.
    #[must_use]
    pub fn spent(self, now: Moment, circumference: i64) -> i64 {
        let whole = self.start.seconds_until(self.end).max(1);
        let spent = (whole - self.left(now)).clamp(0, whole);
        circumference * spent / whole
    }

    /// How close the deadline is.
    #[must_use]
    pub fn urgency(self, now: Moment) -> Urgency {
        if self.left(now) <= LAST_SECONDS {
            Urgency::Last
        } else if self.warned || self.per_cent(now) <= 20 {
            Urgency::Soon
        } else {
            Urgency::Long
        }
    }

    /// The time left as digits: `22:14:09`.
    #[must_use]
    pub fn digits(self, now: Moment) -> String {
        format_clock(self.left(now))
    }

    /// The deadline in the user's time zone.
    #[must_use]
    pub fn until(self, now: Moment, zone: Zone) -> String {
        zone.until(self.end, now)
    }
}
