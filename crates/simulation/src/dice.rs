//! Random choices of a seed.

use clock::{SeededEntropy, SharedEntropy};

/// A sequence of random choices. The same seed gives the same choices.
#[derive(Debug, Clone)]
pub(crate) struct Dice(SharedEntropy);

impl Dice {
    /// The choices of `seed` for one `purpose`, which do not depend on those for another.
    pub(crate) fn of(seed: u64, purpose: &str) -> Self {
        let purpose = purpose.bytes().fold(seed, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3).rotate_left(23)
        });
        Self(SeededEntropy::shared(purpose))
    }

    /// A number from `low` to below `high`.
    pub(crate) fn between(&self, low: u64, high: u64) -> u64 {
        let mut bytes = [0; 8];
        self.0.fill(&mut bytes);
        low + u64::from_le_bytes(bytes) % (high - low).max(1)
    }

    /// True in this many of a hundred cases.
    pub(crate) fn percent(&self, chance: u64) -> bool {
        self.between(0, 100) < chance
    }

    /// One of the choices.
    pub(crate) fn pick<'a, T>(&self, choices: &'a [T]) -> &'a T {
        &choices[usize::try_from(self.between(0, choices.len() as u64)).unwrap_or_default()]
    }
}
