//! The memory of every queue, by template. A new leader starts without it.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use planner::{
    RequeueAfter,
    pool::{Queue, Served, ServedMemory},
};
use tokio::time::Instant;

/// The places that were served and that the cache still shows as waiting.
#[derive(Debug, Default)]
pub(crate) struct ServedPlaces(Mutex<HashMap<String, ServedMemory>>);

impl ServedPlaces {
    /// See [`ServedMemory::settle`].
    pub(crate) fn settle(
        &self,
        pool: &str,
        queue: &Queue,
        seated_in: impl Fn(&str) -> Option<String>,
    ) -> Served {
        self.with(pool, |memory, now| memory.settle(queue, seated_in, now))
    }

    /// See [`ServedMemory::serving`].
    pub(crate) fn serving(&self, pool: &str, place: &str, member: Option<&str>) {
        self.with(pool, |memory, now| memory.serving(place, member, now));
    }

    /// See [`ServedMemory::set_aside`].
    pub(crate) fn set_aside(&self, pool: &str, place: &str, seated_in: Option<String>) {
        self.with(pool, |memory, now| memory.set_aside(place, seated_in, now));
    }

    /// See [`ServedMemory::not_served`].
    pub(crate) fn not_served(&self, pool: &str, place: &str) {
        self.with(pool, |memory, _| memory.not_served(place));
    }

    /// See [`ServedMemory::unfinished`].
    pub(crate) fn unfinished(&self, pool: &str, place: &str) {
        self.with(pool, |memory, _| memory.unfinished(place));
    }

    /// See [`ServedMemory::forgets_after`].
    pub(crate) fn forgets_after(&self, pool: &str) -> RequeueAfter {
        self.with(pool, |memory, now| memory.forgets_after(now))
    }

    /// Forgets a queue without remembered places, so that a deleted template leaves nothing.
    fn with<T>(
        &self,
        pool: &str,
        access: impl FnOnce(&mut ServedMemory, std::time::Instant) -> T,
    ) -> T {
        let mut memories = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut memory = memories.remove(pool).unwrap_or_default();
        let answer = access(&mut memory, Instant::now().into_std());
        if !memory.is_empty() {
            memories.insert(pool.to_owned(), memory);
        }
        answer
    }
}
