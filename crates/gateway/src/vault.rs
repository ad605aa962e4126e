//! Values that are kept for a limited time under random keys: tickets and sessions.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use clock::SharedClock;
use jiff::{SignedDuration, Timestamp};

/// Values under random keys. Each value expires after the same time. A value that exceeds the
/// capacity replaces the one that expires first.
pub(crate) struct Vault<T> {
    entries: Mutex<HashMap<String, Entry<T>>>,
    capacity: usize,
    lifetime: SignedDuration,
    clock: SharedClock,
}

struct Entry<T> {
    value: T,
    expires_at: Timestamp,
}

impl<T> Vault<T> {
    /// An empty vault.
    pub(crate) fn new(capacity: usize, lifetime: SignedDuration, clock: SharedClock) -> Self {
        Self { entries: Mutex::default(), capacity, lifetime, clock }
    }

    /// Keeps `value`; returns its key.
    pub(crate) fn keep(&self, value: T) -> String {
        let now = self.clock.now();
        let mut entries = self.lock();
        if entries.len() >= self.capacity {
            entries.retain(|_, entry| entry.expires_at > now);
        }
        if entries.len() >= self.capacity
            && let Some(oldest) =
                entries.iter().min_by_key(|(_, entry)| entry.expires_at).map(|(key, _)| key.clone())
        {
            entries.remove(&oldest);
        }
        let key = clock::random_hex::<32>();
        entries.insert(key.clone(), Entry { value, expires_at: now + self.lifetime });
        key
    }

    /// Removes and returns the value under `key`.
    pub(crate) fn take(&self, key: &str) -> Option<T> {
        let now = self.clock.now();
        let entry = self.lock().remove(key)?;
        (entry.expires_at > now).then_some(entry.value)
    }

    /// The value under `key`.
    pub(crate) fn find(&self, key: &str) -> Option<T>
    where
        T: Clone,
    {
        let now = self.clock.now();
        let entries = self.lock();
        entries.get(key).filter(|entry| entry.expires_at > now).map(|entry| entry.value.clone())
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, Entry<T>>> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests;
