use super::Moment;

/// How far the server's clock is ahead of the browser's, in milliseconds.
///
/// The server tells whole seconds and its answer takes a while to arrive, so every answer says only: "at least this far".
/// The largest of these bounds is the best estimate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Skew {
    bound: i64,
    stale: bool,
}

impl Default for Skew {
    fn default() -> Self {
        Self { bound: 0, stale: true }
    }
}

impl Skew {
    /// Takes in an answer that says `server` and arrived when the browser's clock showed `browser_ms`.
    #[must_use]
    pub fn learn(self, server: Moment, browser_ms: i64) -> Self {
        let bound = server.0 * 1000 - browser_ms;
        Self { bound: if self.stale { bound } else { bound.max(self.bound) }, stale: false }
    }

    /// The same estimate, which the next answer replaces: the browser's clock may have been set.
    #[must_use]
    pub const fn doubted(self) -> Self {
        Self { stale: true, ..self }
    }

    /// The server's time when the browser's clock shows `browser_ms`.
    #[must_use]
    pub const fn server_time(self, browser_ms: i64) -> Moment {
        Moment((browser_ms + self.bound).div_euclid(1000))
    }
}
