//! What the operator remembers between two reconciles of an object. A new leader starts without it.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use jiff::Timestamp;
use planner::{
    RequeueAfter,
    pool::{Census, InFlight, PoolMemory},
};
use tokio::time::Instant;

/// The memory of every pool, by template.
#[derive(Debug, Default)]
pub(crate) struct PoolMemories(Mutex<HashMap<String, PoolMemory>>);

impl PoolMemories {
    /// See [`PoolMemory::gather`].
    pub(crate) fn gather(&self, pool: &str) -> RequeueAfter {
        self.with(pool, |memory, now| memory.gather(now))
    }

    /// See [`PoolMemory::settle`].
    pub(crate) fn settle(&self, pool: &str, census: &Census) -> InFlight {
        self.with(pool, |memory, now| memory.settle(census, now))
    }

    /// See [`PoolMemory::creating`].
    pub(crate) fn creating(&self, pool: &str, member: &str) {
        self.with(pool, |memory, now| memory.creating(member, now));
    }

    /// See [`PoolMemory::not_created`].
    pub(crate) fn not_created(&self, pool: &str, member: &str) {
        self.with(pool, |memory, _| memory.not_created(member));
    }

    /// See [`PoolMemory::removed`].
    pub(crate) fn removed(&self, pool: &str, member: &str, failed: bool) {
        self.with(pool, |memory, now| memory.removed(member, failed, now));
    }

    /// See [`PoolMemory::forgets_after`].
    pub(crate) fn forgets_after(&self, pool: &str) -> RequeueAfter {
        self.with(pool, |memory, now| memory.forgets_after(now))
    }

    fn with<T>(
        &self,
        pool: &str,
        access: impl FnOnce(&mut PoolMemory, std::time::Instant) -> T,
    ) -> T {
        let mut memories = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        access(memories.entry(pool.to_owned()).or_default(), Instant::now().into_std())
    }
}

/// When this operator first saw a seat wait for its instance, by owner and instance.
#[derive(Debug, Default)]
pub(crate) struct WaitingSeats(Mutex<HashMap<(String, String), Timestamp>>);

impl WaitingSeats {
    /// Since when the seat waits: `now` for a seat that was not seen to wait before.
    pub(crate) fn since(&self, owner: &str, instance: &str, now: Timestamp) -> Timestamp {
        let mut waiting = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *waiting.entry((owner.to_owned(), instance.to_owned())).or_insert(now)
    }

    /// Forgets the owner's seats, except those of `instances`.
    pub(crate) fn keep(&self, owner: &str, instances: &[&str]) {
        let mut waiting = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.retain(|(key, instance), _| key != owner || instances.contains(&instance.as_str()));
    }
}
