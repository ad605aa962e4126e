use wire::EnvironmentList;

/// How many environments count, and how many may.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quota {
    /// How many count.
    pub used: u32,
    /// How many may.
    pub limit: u32,
}

impl Quota {
    /// More seats than this are told by the number alone.
    const DRAWN: u32 = 10;

    /// The quota of whoever this list belongs to.
    #[must_use]
    pub const fn of(list: &EnvironmentList) -> Self {
        Self { used: list.used, limit: list.limit }
    }

    /// Whether nothing more can be launched.
    #[must_use]
    pub const fn is_reached(self) -> bool {
        self.used >= self.limit
    }

    /// The words beside the seats.
    #[must_use]
    pub fn words(self) -> String {
        format!("{} of {} in use", self.used, self.limit)
    }

    /// One entry for each seat to draw: whether it is taken. Empty when there are too many to draw.
    #[must_use]
    pub fn seats(self) -> Vec<bool> {
        if self.limit > Self::DRAWN {
            return Vec::new();
        }
        (0..self.limit).map(|seat| seat < self.used).collect()
    }
}
