//! The only crate that reads the machine's clock and draws random numbers.
//!
//! Other crates take a [`Clock`] or a [`World`], which is a clock with a source of randomness, so
//! that a test can repeat a run. Clippy rejects the machine's own calls in every other crate
//! (`clippy.toml`).

use std::{
    fmt::Debug,
    ops::Range,
    sync::{Arc, Mutex, PoisonError},
};

use jiff::{SignedDuration, Timestamp};

pub use crate::{
    entropy::{Entropy, SeededEntropy, SharedEntropy, SystemEntropy},
    world::World,
};

mod entropy;
mod world;

/// A source of the current time.
pub trait Clock: Debug + Send + Sync + 'static {
    /// The current time, in UTC.
    fn now(&self) -> Timestamp;
}

/// A clock that several parts of a process share.
pub type SharedClock = Arc<dyn Clock>;

/// The machine's clock.
#[derive(Debug, Default, Clone, Copy)]
pub struct SystemClock;

impl SystemClock {
    /// The machine's clock as a [`SharedClock`].
    #[must_use]
    pub fn shared() -> SharedClock {
        Arc::new(Self)
    }
}

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "the only place that reads the machine's clock")]
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
}

/// A clock for tests. It stands still until a test moves it.
#[derive(Debug)]
pub struct ManualClock(Mutex<Timestamp>);

impl ManualClock {
    /// A clock that shows `start`.
    #[must_use]
    pub fn at(start: Timestamp) -> Arc<Self> {
        Arc::new(Self(Mutex::new(start)))
    }

    /// Moves the clock; a negative duration moves it back.
    pub fn advance(&self, by: SignedDuration) {
        let mut now = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *now += by;
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// `N` bytes of the process's cryptographic generator.
#[must_use]
pub fn random_bytes<const N: usize>() -> [u8; N] {
    World::of_the_machine().random_bytes()
}

/// `N` random bytes of the process's cryptographic generator as `2 N` hexadecimal digits.
#[must_use]
pub fn random_hex<const N: usize>() -> String {
    World::of_the_machine().random_hex::<N>()
}

/// A random number of `range`, or its start when the range is empty.
#[must_use]
pub fn random_index(range: Range<usize>) -> usize {
    World::of_the_machine().random_index(range)
}

#[cfg(test)]
mod tests;
