//! What the functions of one rendering share: the present moment and the random numbers.
//!
//! Template functions are plain function pointers with nowhere to carry this, so it lies in the rendering's thread.

use std::cell::RefCell;

use jiff::Timestamp;
use rand_chacha::{
    ChaCha20Rng,
    rand_core::{RngCore, SeedableRng},
};
use sha2::{Digest, Sha256};

thread_local! {
    static SESSION: RefCell<Option<Session>> = const { RefCell::new(None) };
}

/// The present moment and the random numbers of one rendering.
#[derive(Debug)]
pub(crate) struct Session {
    now: Timestamp,
    random: ChaCha20Rng,
}

impl Session {
    /// The session of the template called `template`, whose random functions draw from `seed`: the same numbers at every
    /// rendering, others in each template. ChaCha20 by name, not "the standard generator", which a newer version of its
    /// crate may replace: passwords have to outlive upgrades.
    pub(crate) fn new(seed: &str, template: &str, now: Timestamp) -> Self {
        let mut hash = Sha256::new();
        hash.update((seed.len() as u64).to_be_bytes());
        hash.update(seed.as_bytes());
        hash.update(template.as_bytes());
        Self { now, random: ChaCha20Rng::from_seed(hash.finalize().into()) }
    }

    /// Runs `work` on this thread with this session.
    pub(crate) fn run<T>(self, work: impl FnOnce() -> T) -> T {
        SESSION.set(Some(self));
        let result = work();
        SESSION.set(None);
        result
    }
}

/// The present moment, as the rendering sees it.
pub(crate) fn now() -> Timestamp {
    SESSION.with_borrow(|session| session.as_ref().map_or(Timestamp::UNIX_EPOCH, |it| it.now))
}

/// The next random number below `bound`, each one equally likely; 0 for a bound of 0.
pub(crate) fn random_below(bound: u64) -> u64 {
    // The numbers above the largest multiple of the bound would make the small remainders likelier.
    let excess = (u64::MAX % bound.max(1) + 1) % bound.max(1);
    loop {
        let drawn = next_u64();
        if drawn <= u64::MAX - excess {
            return drawn % bound.max(1);
        }
    }
}

fn next_u64() -> u64 {
    SESSION.with_borrow_mut(|session| session.as_mut().map_or(0, |it| it.random.next_u64()))
}

/// The next `N` random bytes.
pub(crate) fn random_bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    SESSION.with_borrow_mut(|session| {
        if let Some(session) = session {
            session.random.fill_bytes(&mut bytes);
        }
    });
    bytes
}
