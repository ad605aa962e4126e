//! Wall clocks that follow the simulated time, each with an offset of its own.

use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

use clock::Clock;
use jiff::{SignedDuration, Timestamp};
use tokio::time::Instant;

/// The start of every simulation, in seconds since 1970.
const EPOCH: i64 = 1_800_000_000;

/// A wall clock: the simulated time plus an offset.
#[derive(Debug)]
pub(crate) struct SimClock {
    start: Instant,
    offset: AtomicI64,
}

impl SimClock {
    /// A correct clock. `start`: the start of the simulation.
    pub(crate) fn from(start: Instant) -> Arc<Self> {
        Arc::new(Self { start, offset: AtomicI64::new(0) })
    }

    /// Sets how many milliseconds the clock is ahead.
    pub(crate) fn skew(&self, milliseconds: i64) {
        self.offset.store(milliseconds, Ordering::Relaxed);
    }
}

impl Clock for SimClock {
    fn now(&self) -> Timestamp {
        let offset = SignedDuration::from_millis(self.offset.load(Ordering::Relaxed));
        let elapsed = SignedDuration::try_from(self.start.elapsed()).unwrap_or_default();
        Timestamp::new(EPOCH, 0).unwrap_or_default() + elapsed + offset
    }
}

/// A timestamp of an object as milliseconds since the start of the simulation.
pub(crate) fn since_start(time: Timestamp) -> u64 {
    u64::try_from(time.as_millisecond() - EPOCH * 1000).unwrap_or_default()
}
