//! The difference between the server's clock and the browser's.

use super::Moment;

/// How far the server's clock is ahead of the browser's, in milliseconds.
///
/// The server sends whole seconds, and its answer takes time to arrive. So every answer gives a
/// lower bound, and the largest bound is the best estimate.
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
    /// The estimate after an answer with the time `server`, which arrived at `browser_ms` of the
    /// browser's clock.
    #[must_use]
    pub fn learn(self, server: Moment, browser_ms: i64) -> Self {
        let bound = server.0 * 1000 - browser_ms;
        Self { bound: if self.stale { bound } else { bound.max(self.bound) }, stale: false }
    }

    /// The same estimate, which the next answer replaces, because the browser's clock may have been
    /// changed.
    #[must_use]
    pub const fn marked_stale(self) -> Self {
        Self { stale: true, ..self }
    }

    /// The server's time at `browser_ms` of the browser's clock.
    #[must_use]
    pub const fn server_time(self, browser_ms: i64) -> Moment {
        Moment((browser_ms + self.bound).div_euclid(1000))
    }
}
