//! Which leftovers are deleted (docs/ledger.md, "Leftovers"): namespaces, objects and processes
//! whose instance does not exist.

use std::{
    collections::BTreeMap,
    mem,
    time::{Duration, Instant},
};

use resources::{EngineName, Placed};

/// When leftovers are looked for, and when they are deleted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LeftoverTimings {
    /// The pause between two sweeps that find nothing.
    pub sweep_every: Duration,
    /// How many sweeps of a term are `confirm_after` apart even if they find nothing: what the
    /// former leader requested last can arrive meanwhile.
    pub early_sweeps: usize,
    /// How long a leftover was seen before it is deleted.
    pub confirm_after: Duration,
}

impl Default for LeftoverTimings {
    fn default() -> Self {
        Self {
            sweep_every: Duration::from_hours(1),
            early_sweeps: 3,
            confirm_after: Duration::from_mins(1),
        }
    }
}

/// Something whose instance does not exist, by a live read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leftover {
    /// The engine that listed it; `None` for the namespace of a workload.
    pub engine: Option<EngineName>,
    /// The object or process.
    pub placed: Placed,
}

/// What one sweep found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Found {
    /// The leftovers.
    pub leftovers: Vec<Leftover>,
    /// Whether something could not be listed or read. What may be a leftover is not in the list
    /// then.
    pub is_incomplete: bool,
}

/// The decision of one sweep.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// The leftovers to delete, each on its uid.
    pub delete: Vec<Leftover>,
    /// The pause before the next sweep.
    pub sweep_after: Duration,
}

/// What the sweeps of a term have found.
#[derive(Debug, Default)]
pub struct Sightings {
    /// The leftovers that the last sweep found, by uid.
    last: BTreeMap<String, Sighting>,
    /// The number of sweeps.
    sweeps: usize,
}

#[derive(Debug)]
struct Sighting {
    since: Instant,
    is_deleted: bool,
}

impl Sightings {
    /// Deletes what the sweeps have found again and again for long enough. One that was not found
    /// in between starts anew. A namespace waits until no engine lists anything of its instance.
    pub fn decide(&mut self, found: Found, timings: LeftoverTimings, now: Instant) -> Verdict {
        let Found { leftovers, is_incomplete } = found;
        let mut before = mem::take(&mut self.last);
        for Leftover { placed, .. } in &leftovers {
            let known = before.remove(&placed.uid);
            let sighting = known.unwrap_or(Sighting { since: now, is_deleted: false });
            self.last.entry(placed.uid.clone()).or_insert(sighting);
        }
        let is_confirmed = |it: &Leftover| {
            let sighting = self.last.get(&it.placed.uid);
            sighting.is_some_and(|it| now.duration_since(it.since) >= timings.confirm_after)
        };
        let is_due = |it: &&Leftover| is_pending(it) && !waits(it, &leftovers) && is_confirmed(it);
        self.sweeps += 1;
        let is_early = self.sweeps < timings.early_sweeps;
        let sweep_soon = is_early || is_incomplete || leftovers.iter().any(is_pending);
        Verdict {
            delete: leftovers.iter().filter(is_due).cloned().collect(),
            sweep_after: if sweep_soon { timings.confirm_after } else { timings.sweep_every },
        }
    }

    /// Remembers that the deletion of a leftover was accepted. Returns whether it is the first.
    pub fn deleted(&mut self, leftover: &Leftover) -> bool {
        let sighting = self.last.get_mut(&leftover.placed.uid);
        sighting.is_none_or(|it| !mem::replace(&mut it.is_deleted, true))
    }
}

/// Whether something is left to request. An engine may have to push a deletion that is pending.
const fn is_pending(leftover: &Leftover) -> bool {
    leftover.engine.is_some() || !leftover.placed.is_deleting
}

/// Whether it is the namespace of something that an engine still lists.
fn waits(leftover: &Leftover, all: &[Leftover]) -> bool {
    let instance = &leftover.placed.instance;
    leftover.engine.is_none()
        && all.iter().any(|it| it.engine.is_some() && it.placed.instance == *instance)
}

#[cfg(test)]
mod tests;
