//! The only crate that reads the machine's clock and draws random numbers.
//!
//! Other crates take a [`Clock`] as an argument, or draw a value here and pass it on, so that a
//! test can repeat a decision. Clippy rejects the machine's own calls in every other crate
//! (`clippy.toml`).

use std::{
    fmt::Debug,
    ops::Range,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use jiff::{SignedDuration, Timestamp};

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

/// `N` bytes of the process's cryptographic generator, which the operating system seeds.
#[must_use]
#[expect(clippy::disallowed_methods, reason = "the only place that draws random bytes")]
pub fn random_bytes<const N: usize>() -> [u8; N] {
    rand::random()
}

/// `N` random bytes as `2 N` lower-case hexadecimal digits.
#[must_use]
pub fn random_hex<const N: usize>() -> String {
    random_bytes::<N>().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A random number of `range`.
///
/// # Panics
/// When the range is empty.
#[must_use]
#[expect(clippy::disallowed_methods, reason = "the only place that draws random numbers")]
pub fn random_index(range: Range<usize>) -> usize {
    rand::random_range(range)
}

/// A random duration from zero to `longest`, in whole microseconds: the pause before a retry.
#[must_use]
#[expect(clippy::disallowed_methods, reason = "the only place that draws random durations")]
pub fn jitter(longest: Duration) -> Duration {
    let longest = u64::try_from(longest.as_micros()).unwrap_or(u64::MAX);
    Duration::from_micros(rand::random_range(0..=longest))
}

#[cfg(test)]
mod tests;
