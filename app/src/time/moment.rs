//! A point in time.

use super::civil;

/// A point in time, in whole seconds since 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Moment(pub i64);

impl Moment {
    /// Parses RFC 3339; `None` for the empty string, which means "no deadline", and for other text.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        civil::parse(text).map(Self)
    }

    /// Whole seconds until `later`; negative when `later` is in the past.
    #[must_use]
    pub const fn seconds_until(self, later: Self) -> i64 {
        later.0 - self.0
    }
}
