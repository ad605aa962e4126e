//! What is kept for a while under a key that nobody can guess: tickets and sessions.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use clock::SharedClock;
use jiff::{SignedDuration, Timestamp};

/// Values under random keys, each for the same time, and only so many: one more takes the place of the one closest to its end.
pub(super) struct Vault<T> {
    kept: Mutex<HashMap<String, Kept<T>>>,
    most: usize,
    life: SignedDuration,
    clock: SharedClock,
}

struct Kept<T> {
    value: T,
    until: Timestamp,
}

impl<T> Vault<T> {
    /// An empty one for at most so many values.
    pub(super) fn new(most: usize, life: SignedDuration, clock: SharedClock) -> Self {
        Self { kept: Mutex::default(), most, life, clock }
    }

    /// Keeps `value`; gives its key.
    pub(super) fn keep(&self, value: T) -> String {
        let now = self.clock.now();
        let mut kept = self.lock();
        if kept.len() >= self.most {
            kept.retain(|_, one| one.until > now);
        }
        if kept.len() >= self.most
            && let Some(oldest) =
                kept.iter().min_by_key(|(_, one)| one.until).map(|(key, _)| key.clone())
        {
            kept.remove(&oldest);
        }
        let key = clock::random_hex::<32>();
        kept.insert(key.clone(), Kept { value, until: now + self.life });
        key
    }

    /// The value under `key`, which nobody finds again.
    pub(super) fn take(&self, key: &str) -> Option<T> {
        let now = self.clock.now();
        let kept = self.lock().remove(key)?;
        (kept.until > now).then_some(kept.value)
    }

    /// The value under `key`.
    pub(super) fn find(&self, key: &str) -> Option<T>
    where
        T: Clone,
    {
        let now = self.clock.now();
        self.lock().get(key).filter(|kept| kept.until > now).map(|kept| kept.value.clone())
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, Kept<T>>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests;
