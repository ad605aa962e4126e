//! What a part of a process takes from its machine: the time, and random values.

use std::{ops::Range, sync::Arc, time::Duration};

use jiff::Timestamp;

use crate::{Clock, SharedClock, SharedEntropy, SystemClock, SystemEntropy};

/// A clock and a source of randomness. A test that gives both can repeat a run.
#[derive(Debug, Clone)]
pub struct World {
    /// The time.
    pub clock: SharedClock,
    /// The randomness.
    pub entropy: SharedEntropy,
}

impl World {
    /// The machine's clock and the process's cryptographic generator.
    #[must_use]
    pub fn of_the_machine() -> Self {
        Self { clock: SystemClock::shared(), entropy: SystemEntropy::shared() }
    }

    /// The current time, in UTC.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// `N` random bytes.
    #[must_use]
    pub fn random_bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        self.entropy.fill(&mut bytes);
        bytes
    }

    /// `N` random bytes as `2 N` lower-case hexadecimal digits.
    #[must_use]
    pub fn random_hex<const N: usize>(&self) -> String {
        self.random_bytes::<N>().iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// A random number of `range`, or its start when the range is empty.
    #[must_use]
    pub fn random_index(&self, range: Range<usize>) -> usize {
        let length = u64::try_from(range.len()).unwrap_or(u64::MAX);
        range.start + usize::try_from(self.random_below(length)).unwrap_or_default()
    }

    /// A random duration from zero to `longest`, in whole microseconds: the pause before a retry.
    #[must_use]
    pub fn jitter(&self, longest: Duration) -> Duration {
        let longest = u64::try_from(longest.as_micros()).unwrap_or(u64::MAX);
        Duration::from_micros(self.random_below(longest.saturating_add(1)))
    }

    /// A number below `bound`, or zero. Some numbers are likelier than others by `bound / 2^64`.
    fn random_below(&self, bound: u64) -> u64 {
        u64::from_le_bytes(self.random_bytes()).checked_rem(bound).unwrap_or_default()
    }
}

/// The clock, with the process's cryptographic generator.
impl From<SharedClock> for World {
    fn from(clock: SharedClock) -> Self {
        Self { clock, entropy: SystemEntropy::shared() }
    }
}

/// The clock, with the process's cryptographic generator.
impl<C: Clock> From<Arc<C>> for World {
    fn from(clock: Arc<C>) -> Self {
        let clock: SharedClock = clock;
        clock.into()
    }
}
