//! The time and the random numbers of one rendering. Both are fixed, so that every rendering of an
//! instance gives the same text.
//!
//! Template functions are plain function pointers without state, so a thread-local holds the inputs
//! while a template runs.

use std::cell::RefCell;

use jiff::Timestamp;
use rand_chacha::{
    ChaCha20Rng,
    rand_core::{RngCore, SeedableRng},
};
use sha2::{Digest, Sha256};

thread_local! {
    static CURRENT: RefCell<Option<FixedInputs>> = const { RefCell::new(None) };
}

/// The time and the random numbers of one rendering.
#[derive(Debug)]
pub(crate) struct FixedInputs {
    now: Timestamp,
    random: ChaCha20Rng,
    are_masked: bool,
}

impl FixedInputs {
    /// The inputs of the template called `template`. Its random functions draw from `seed`: the
    /// same numbers at every rendering, and different numbers in each template.
    ///
    /// The generator is ChaCha20 by name. A crate's "standard generator" may change with a version,
    /// and passwords must survive upgrades.
    pub(crate) fn new(seed: &str, template: &str, now: Timestamp) -> Self {
        let mut hash = Sha256::new();
        hash.update((seed.len() as u64).to_be_bytes());
        hash.update(seed.as_bytes());
        hash.update(template.as_bytes());
        Self { now, random: ChaCha20Rng::from_seed(hash.finalize().into()), are_masked: false }
    }

    /// The same for a rendering with [masked](crate::masking) values.
    pub(crate) fn masked(self, are_masked: bool) -> Self {
        Self { are_masked, ..self }
    }

    /// Runs `work` on this thread with these inputs.
    pub(crate) fn run<T>(self, work: impl FnOnce() -> T) -> T {
        CURRENT.set(Some(self));
        let result = work();
        CURRENT.set(None);
        result
    }
}

/// The time of the rendering; the epoch outside of one.
pub(crate) fn now() -> Timestamp {
    CURRENT.with_borrow(|inputs| inputs.as_ref().map_or(Timestamp::UNIX_EPOCH, |it| it.now))
}

/// Whether values are [masked](crate::masking) in this rendering.
pub(crate) fn are_masked() -> bool {
    CURRENT.with_borrow(|inputs| inputs.as_ref().is_some_and(|it| it.are_masked))
}

/// A random number below `bound`, uniformly distributed; 0 for a bound of 0.
pub(crate) fn random_below(bound: u64) -> u64 {
    // Numbers above the largest multiple of the bound would make small remainders likelier.
    let excess = (u64::MAX % bound.max(1) + 1) % bound.max(1);
    loop {
        let drawn = next_u64();
        if drawn <= u64::MAX - excess {
            return drawn % bound.max(1);
        }
    }
}

fn next_u64() -> u64 {
    CURRENT.with_borrow_mut(|inputs| inputs.as_mut().map_or(0, |it| it.random.next_u64()))
}

/// `N` random bytes.
pub(crate) fn random_bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    CURRENT.with_borrow_mut(|inputs| {
        if let Some(inputs) = inputs {
            inputs.random.fill_bytes(&mut bytes);
        }
    });
    bytes
}
