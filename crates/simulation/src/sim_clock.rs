//! Wall clocks that follow the simulated time, each with an offset of its own.

use std::sync::{
    Arc, Mutex, PoisonError,
    atomic::{AtomicI64, Ordering},
};

use clock::Clock;
use jiff::{SignedDuration, Timestamp};
use tokio::time::Instant;

/// The start of every simulation, in seconds since 1970.
const EPOCH: i64 = 1_800_000_000;

/// A wall clock: the simulated time plus an offset. While its node is frozen, it shows the end of
/// the freeze, because the node's next step is then.
#[derive(Debug)]
pub(crate) struct SimClock {
    start: Instant,
    offset: AtomicI64,
    frozen_until: Mutex<Instant>,
}

impl SimClock {
    /// A correct clock. `start`: the start of the simulation.
    pub(crate) fn from(start: Instant) -> Arc<Self> {
        Arc::new(Self { start, offset: AtomicI64::new(0), frozen_until: Mutex::new(start) })
    }

    /// Sets the end of the freeze of the clock's node.
    pub(crate) fn freeze_until(&self, end: Instant) {
        *self.frozen_until.lock().unwrap_or_else(PoisonError::into_inner) = end;
    }

    /// The end of the freeze, if that is not over.
    pub(crate) fn frozen_until(&self) -> Option<Instant> {
        let until = *self.frozen_until.lock().unwrap_or_else(PoisonError::into_inner);
        Some(until).filter(|until| *until > Instant::now())
    }

    /// Sets how many milliseconds the clock is ahead.
    pub(crate) fn skew(&self, milliseconds: i64) {
        self.offset.store(milliseconds, Ordering::Relaxed);
    }
}

impl Clock for SimClock {
    fn now(&self) -> Timestamp {
        let offset = SignedDuration::from_millis(self.offset.load(Ordering::Relaxed));
        let now = self.frozen_until().unwrap_or_else(Instant::now);
        let elapsed = SignedDuration::try_from(now - self.start).unwrap_or_default();
        Timestamp::new(EPOCH, 0).unwrap_or_default() + elapsed + offset
    }
}

/// A timestamp of an object as milliseconds since the start of the simulation.
pub(crate) fn since_start(time: Timestamp) -> u64 {
    u64::try_from(time.as_millisecond() - EPOCH * 1000).unwrap_or_default()
}
