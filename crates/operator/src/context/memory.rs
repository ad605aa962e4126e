//! What the operator remembers between two reconciles of an object. A new leader starts without it.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use jiff::Timestamp;
use kube::ResourceExt;
use planner::{
    RequeueAfter,
    pool::{Census, InFlight, PoolMemory},
};
use resources::{DployTemplate, Seat};
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
    pub(crate) fn settle(&self, pool: &DployTemplate, census: &Census) -> InFlight {
        self.with(&pool.name_any(), |memory, now| memory.settle(pool, census, now))
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

    /// Forgets the pools for which `exists` is false.
    pub(crate) fn retain(&self, exists: impl Fn(&str) -> bool) {
        let mut memories = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        memories.retain(|pool, _| exists(pool));
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

/// When this operator first saw a seat wait for its instance, by owner. A seat counts as a whole: a
/// member that is chosen again waits anew.
#[derive(Debug, Default)]
pub(crate) struct WaitingSeats(Mutex<HashMap<String, Vec<(Seat, Timestamp)>>>);

impl WaitingSeats {
    /// Since when each of these seats waits: `now` for a seat that was not seen to wait before.
    /// Forgets the owner's other seats.
    pub(crate) fn since(&self, owner: &str, seats: &[&Seat], now: Timestamp) -> Vec<Timestamp> {
        let mut waiting = self.waiting();
        let before = waiting.remove(owner).unwrap_or_default();
        let since = |seat: &Seat| {
            let known = before.iter().find(|(known, _)| known == seat);
            known.map_or(now, |(_, since)| *since)
        };
        let since: Vec<Timestamp> = seats.iter().map(|seat| since(seat)).collect();
        if !seats.is_empty() {
            let seats = seats.iter().map(|seat| (*seat).clone());
            waiting.insert(owner.to_owned(), seats.zip(since.iter().copied()).collect());
        }
        since
    }

    /// Forgets the owners for which `exists` is false.
    pub(crate) fn retain(&self, exists: impl Fn(&str) -> bool) {
        self.waiting().retain(|owner, _| exists(owner));
    }

    fn waiting(&self) -> MutexGuard<'_, HashMap<String, Vec<(Seat, Timestamp)>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests;
