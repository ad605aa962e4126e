//! The quota of an owner.

use wire::EnvironmentList;

/// How many environments count against the quota, and the quota.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quota {
    /// How many environments count against the quota.
    pub used: u32,
    /// The quota.
    pub limit: u32,
}

impl Quota {
    /// A larger quota is shown as a number only.
    const MAX_DRAWN_SEATS: u32 = 10;

    /// The quota in a list.
    #[must_use]
    pub const fn of(list: &EnvironmentList) -> Self {
        Self { used: list.used, limit: list.limit }
    }

    /// Whether the quota is used up.
    #[must_use]
    pub const fn is_reached(self) -> bool {
        self.used >= self.limit
    }

    /// The text beside the seats.
    #[must_use]
    pub fn text(self) -> String {
        format!("{} of {} in use", self.used, self.limit)
    }

    /// Whether each drawn seat is taken; empty when there are too many seats to draw.
    #[must_use]
    pub fn seats(self) -> Vec<bool> {
        if self.limit > Self::MAX_DRAWN_SEATS {
            return Vec::new();
        }
        (0..self.limit).map(|seat| seat < self.used).collect()
    }
}
