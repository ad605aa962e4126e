//! The memory of one pool: writes that the watch has not shown yet, and when the pool is counted
//! next.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::{Duration, Instant},
};

use resources::DployTemplate;

use super::{Census, InFlight, Standing};
use crate::RequeueAfter;

/// How long the watch may take to show a write. After that, somebody else has undone the write.
const WRITE_VISIBILITY_TIMEOUT: Duration = Duration::from_secs(60);
/// For how long changes are gathered before a pool is counted. A crowd of claims causes one count,
/// and is served before the pool is filled again.
const GATHER_WINDOW: Duration = Duration::from_millis(200);

/// What the operator remembers about one pool.
#[derive(Debug, Default)]
pub struct PoolMemory {
    created: BTreeMap<String, Instant>,
    removed: BTreeMap<String, Instant>,
    /// How many current members failed since one became ready.
    failures: u32,
    /// The generation of the template whose members failed.
    generation: Option<i64>,
    gathering: Gathering,
}

/// When a pool is counted next.
#[derive(Debug, Default)]
enum Gathering {
    /// The pool was never counted: now.
    #[default]
    NeverCounted,
    /// Nothing has happened since the last count.
    Idle,
    /// Something has happened: then.
    Until(Instant),
}

impl PoolMemory {
    /// How long to wait before the pool is counted; `None`: count it now.
    pub fn gather(&mut self, now: Instant) -> RequeueAfter {
        let until = match self.gathering {
            Gathering::NeverCounted => now,
            Gathering::Idle => now + GATHER_WINDOW,
            Gathering::Until(until) => until,
        };
        let rest = until.checked_duration_since(now).filter(|rest| !rest.is_zero());
        self.gathering = rest.map_or(Gathering::Idle, |_| Gathering::Until(until));
        rest
    }

    /// Forgets the writes that the census shows, and returns the others. A new leader takes the
    /// failures from the template's status. After an edit they count for nothing.
    pub fn settle(&mut self, template: &DployTemplate, census: &Census, now: Instant) -> InFlight {
        let generation = template.metadata.generation;
        if self.generation != generation {
            let status = template.status.as_ref();
            let recorded = status.filter(|it| it.observed_generation == generation);
            self.failures = recorded.map_or(0, |it| it.pool_failures);
            self.generation = generation;
        }
        let seen: BTreeSet<&str> = census.members().map(|it| it.name.as_str()).collect();
        let stays = |name: &String| {
            census.members().any(|it| it.name == *name && !it.standing.is_terminating())
        };
        let is_recent =
            |since: &Instant| now.saturating_duration_since(*since) < WRITE_VISIBILITY_TIMEOUT;
        self.created.retain(|name, since| !seen.contains(name.as_str()) && is_recent(since));
        self.removed.retain(|name, since| stays(name) && is_recent(since));
        if census.count(|it| it.is_current_and(Standing::is_ready)) > 0 {
            self.failures = 0;
        }
        InFlight {
            creating: self.created.len(),
            removing: self.removed.keys().cloned().collect(),
            failures: self.failures,
        }
    }

    /// Remembers that a member is about to be created.
    pub fn creating(&mut self, member: &str, now: Instant) {
        self.created.insert(member.to_owned(), now);
    }

    /// Forgets a member that could not be created.
    pub fn not_created(&mut self, member: &str) {
        self.created.remove(member);
    }

    /// Remembers that a member was deleted, and whether it had failed.
    pub fn removed(&mut self, member: &str, failed: bool, now: Instant) {
        self.removed.insert(member.to_owned(), now);
        self.failures += u32::from(failed);
    }

    /// When the oldest write is forgotten. No other event may wake the pool until then.
    #[must_use]
    pub fn forgets_after(&self, now: Instant) -> RequeueAfter {
        let oldest = self.created.values().chain(self.removed.values()).min()?;
        Some(WRITE_VISIBILITY_TIMEOUT.saturating_sub(now.saturating_duration_since(*oldest)))
    }
}

#[cfg(test)]
mod tests;
