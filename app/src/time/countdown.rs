use wire::Environment;

use super::{Moment, Zone, clock_face};

/// The last minutes, when the digits turn red.
const LAST: i64 = 5 * 60;

/// How pressing it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Urgency {
    /// More than a fifth of the time is left.
    Long,
    /// A fifth or less.
    Soon,
    /// Five minutes or less.
    Last,
}

impl Urgency {
    /// The word that the style sheet knows.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Long => "long",
            Self::Soon => "soon",
            Self::Last => "last",
        }
    }
}

/// The time of one environment. What is left is always computed from its end, never counted down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Countdown {
    start: Moment,
    end: Moment,
}

impl Countdown {
    /// The countdown of an environment; `None` when it has no end.
    #[must_use]
    pub fn of(environment: &Environment) -> Option<Self> {
        let end = Moment::parse(&environment.expires_at)?;
        let start = Moment::parse(&environment.started_at).unwrap_or(end);
        Some(Self { start, end })
    }

    /// Whole seconds that are left; never negative.
    #[must_use]
    pub fn left(self, now: Moment) -> i64 {
        now.seconds_until(self.end).max(0)
    }

    /// The share of its time that is left, in per cent.
    #[must_use]
    pub fn per_cent(self, now: Moment) -> i64 {
        let whole = self.start.seconds_until(self.end);
        if whole <= 0 { 0 } else { (self.left(now) * 100 / whole).clamp(0, 100) }
    }

    /// How much of the ring is open, in tenths of its units, of a whole of `circumference`.
    #[must_use]
    pub fn spent(self, now: Moment, circumference: i64) -> i64 {
        let whole = self.start.seconds_until(self.end).max(1);
        let spent = (whole - self.left(now)).clamp(0, whole);
        circumference * spent / whole
    }

    /// How pressing it is.
    #[must_use]
    pub fn urgency(self, now: Moment) -> Urgency {
        if self.left(now) <= LAST {
            Urgency::Last
        } else if self.per_cent(now) <= 20 {
            Urgency::Soon
        } else {
            Urgency::Long
        }
    }

    /// What is left, as a clock shows it.
    #[must_use]
    pub fn face(self, now: Moment) -> String {
        clock_face(self.left(now))
    }

    /// When it ends, in the reader's zone.
    #[must_use]
    pub fn until(self, now: Moment, zone: Zone) -> String {
        zone.until(self.end, now)
    }
}
