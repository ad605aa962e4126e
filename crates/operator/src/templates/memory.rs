use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::{Mutex, PoisonError},
    time::Duration,
};

use tokio::time::Instant;

use crate::plan::{
    LookAgain,
    pool::{Census, InFlight, Standing},
};

/// A watch that has not shown a write of ours by then will not: somebody else undid it.
const FORGET_AFTER: Duration = Duration::from_secs(60);
/// How long what happens to a pool is gathered before it is counted: a crowd that claims sets off one count, not one each, and is
/// served before the pool is filled again.
const GATHERING: Duration = Duration::from_millis(200);

/// What was asked for, pool by pool, and not seen yet.
#[derive(Debug, Default)]
pub(crate) struct PoolMemories(Mutex<HashMap<String, Memory>>);

#[derive(Debug, Default)]
struct Memory {
    created: BTreeMap<String, Instant>,
    removed: BTreeMap<String, Instant>,
    failures: u32,
    gathering: Gathering,
}

/// Whether a pool is to be counted.
#[derive(Debug, Default)]
enum Gathering {
    /// Nobody has counted it yet: at once.
    #[default]
    Never,
    /// Nothing has happened to it since it was counted.
    Over,
    /// Something has: then.
    Until(Instant),
}

impl PoolMemories {
    /// How long the pool has to wait until it is counted; `None` lets it be counted now.
    pub(super) fn rests(&self, pool: &str, now: Instant) -> LookAgain {
        self.with(pool, |memory| {
            let until = match memory.gathering {
                Gathering::Never => now,
                Gathering::Over => now + GATHERING,
                Gathering::Until(until) => until,
            };
            let rest = until.checked_duration_since(now).filter(|rest| !rest.is_zero());
            memory.gathering = rest.map_or(Gathering::Over, |_| Gathering::Until(until));
            rest
        })
    }

    /// Forgets what the census shows, and says what is left.
    pub(super) fn settle(&self, pool: &str, census: &Census) -> InFlight {
        self.with(pool, |memory| {
            let seen: BTreeSet<&str> = census.members().map(|it| it.name.as_str()).collect();
            let staying = |name: &String| {
                census.members().any(|it| it.name == *name && it.standing != Standing::Leaving)
            };
            let recent = |since: &Instant| since.elapsed() < FORGET_AFTER;
            memory.created.retain(|name, since| !seen.contains(name.as_str()) && recent(since));
            memory.removed.retain(|name, since| staying(name) && recent(since));
            if census.count(|it| it.is_current_and(Standing::is_ready)) > 0 {
                memory.failures = 0;
            }
            InFlight {
                creating: memory.created.len(),
                removing: memory.removed.keys().cloned().collect(),
                failures: memory.failures,
            }
        })
    }

    /// A member is about to be created.
    pub(super) fn creating(&self, pool: &str, member: &str) {
        self.with(pool, |memory| memory.created.insert(member.to_owned(), Instant::now()));
    }

    /// It was not created after all.
    pub(super) fn not_created(&self, pool: &str, member: &str) {
        self.with(pool, |memory| memory.created.remove(member));
    }

    /// A member was deleted; whether because it failed.
    pub(super) fn removed(&self, pool: &str, member: &str, failed: bool) {
        self.with(pool, |memory| {
            memory.removed.insert(member.to_owned(), Instant::now());
            memory.failures += u32::from(failed);
        });
    }

    /// When what the watch has not shown until then is forgotten: nothing else may wake the pool until its next change.
    pub(super) fn forgets(&self, pool: &str) -> LookAgain {
        self.with(pool, |memory| {
            let oldest = memory.created.values().chain(memory.removed.values()).min()?;
            Some(FORGET_AFTER.saturating_sub(oldest.elapsed()))
        })
    }

    fn with<T>(&self, pool: &str, change: impl FnOnce(&mut Memory) -> T) -> T {
        let mut memories = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        change(memories.entry(pool.to_owned()).or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pool_is_counted_at_once_and_then_once_for_all_that_happens_in_a_while() {
        let memories = PoolMemories::default();
        let began = Instant::now();
        let after = |parts: u32| began + GATHERING / 4 * parts;
        assert_eq!(memories.rests("warm", began), None, "at first");
        assert_eq!(memories.rests("warm", after(40)), Some(GATHERING), "one is claimed");
        assert_eq!(memories.rests("other", after(40)), None, "pools are strangers");
        assert_eq!(memories.rests("warm", after(41)), Some(GATHERING / 4 * 3), "another one");
        assert_eq!(memories.rests("warm", after(44)), None, "both are counted");
        assert_eq!(memories.rests("warm", after(44)), Some(GATHERING), "a third one");
    }

    #[test]
    fn a_pool_that_remembers_something_is_looked_at_again_once_that_is_forgotten() {
        let memories = PoolMemories::default();
        assert_eq!(memories.forgets("warm"), None);
        memories.creating("warm", "warm-1");
        let pause = memories.forgets("warm").unwrap();
        assert!(pause <= FORGET_AFTER && pause > FORGET_AFTER / 2, "{pause:?}");
        memories.not_created("warm", "warm-1");
        assert_eq!(memories.forgets("warm"), None);
    }
}
