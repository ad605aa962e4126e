use super::civil;

/// A point in time, in whole seconds since 1970 (what the contract's times carry).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Moment(pub i64);

impl Moment {
    /// Reads RFC 3339; `None` for the empty string, which stands for "no end", and for anything unreadable.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        civil::parse(text).map(Self)
    }

    /// Whole seconds from here to `later`; negative when that is in the past.
    #[must_use]
    pub const fn seconds_until(self, later: Self) -> i64 {
        later.0 - self.0
    }
}
