//! Randomness as an argument: the machine's generator, and one that a test can repeat.

use std::{
    fmt::Debug,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

/// A source of random bytes.
pub trait Entropy: Debug + Send + Sync + 'static {
    /// Overwrites all of `bytes` with random ones.
    fn fill(&self, bytes: &mut [u8]);
}

/// A source of random bytes that several parts of a process share.
pub type SharedEntropy = Arc<dyn Entropy>;

/// The process's cryptographic generator, which the operating system seeds.
#[derive(Debug, Default, Clone, Copy)]
pub struct SystemEntropy;

impl SystemEntropy {
    /// The process's generator as a [`SharedEntropy`].
    #[must_use]
    pub fn shared() -> SharedEntropy {
        Arc::new(Self)
    }
}

impl Entropy for SystemEntropy {
    #[expect(clippy::disallowed_methods, reason = "the only place that draws random bytes")]
    fn fill(&self, bytes: &mut [u8]) {
        rand::fill(bytes);
    }
}

/// A generator for tests. The same seed gives the same bytes. They are no secrets.
#[derive(Debug)]
pub struct SeededEntropy(AtomicU64);

impl SeededEntropy {
    /// A generator that begins at `seed`.
    #[must_use]
    pub fn shared(seed: u64) -> SharedEntropy {
        Arc::new(Self(AtomicU64::new(seed)))
    }

    /// The next number of the `SplitMix64` sequence.
    fn next(&self) -> u64 {
        const STEP: u64 = 0x9e37_79b9_7f4a_7c15;
        let mut z = self.0.fetch_add(STEP, Ordering::Relaxed).wrapping_add(STEP);
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }
}

impl Entropy for SeededEntropy {
    fn fill(&self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(size_of::<u64>()) {
            let random = self.next().to_le_bytes();
            chunk.iter_mut().zip(random).for_each(|(byte, random)| *byte = random);
        }
    }
}
