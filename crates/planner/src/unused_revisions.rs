//! Which revisions of templates are deleted: those that neither their template nor an instance has
//! named for a while.

use std::{
    collections::{BTreeMap, BTreeSet},
    mem,
    time::{Duration, Instant},
};

/// When unused revisions are looked for, and when they are deleted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RevisionTimings {
    /// The pause between two sweeps.
    pub sweep_every: Duration,
    /// How long a revision was unused before it is deleted. A server whose cache is behind can
    /// still launch with it: this is longer than any launch takes.
    pub unused_for: Duration,
}

impl Default for RevisionTimings {
    fn default() -> Self {
        Self { sweep_every: Duration::from_mins(10), unused_for: Duration::from_hours(1) }
    }
}

/// The revisions that the sweeps of a term have found unused.
#[derive(Debug, Default)]
pub struct Unused {
    /// Since when, by name.
    since: BTreeMap<String, Instant>,
}

impl Unused {
    /// Returns those of the `revisions` that were unused for long enough. One that was used in
    /// between starts anew.
    pub fn decide(
        &mut self,
        revisions: impl IntoIterator<Item = String>,
        used: &BTreeSet<String>,
        timings: RevisionTimings,
        now: Instant,
    ) -> Vec<String> {
        let before = mem::take(&mut self.since);
        let unused = revisions.into_iter().filter(|name| !used.contains(name));
        self.since = unused
            .map(|name| {
                let since = before.get(&name).copied().unwrap_or(now);
                (name, since)
            })
            .collect();
        let is_due = |since: &Instant| now.duration_since(*since) >= timings.unused_for;
        let due = self.since.iter().filter(|(_, since)| is_due(since));
        due.map(|(name, _)| name.clone()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: Duration = Duration::from_hours(1);

    #[test]
    fn a_revision_that_stays_unused_is_deleted() {
        let (mut unused, start) = (Unused::default(), Instant::now());
        let mut decide = |used: &[&str], after: Duration| {
            let used = used.iter().map(ToString::to_string).collect();
            let all = ["lab-1", "lab-2"].map(ToOwned::to_owned);
            unused.decide(all, &used, RevisionTimings::default(), start + after)
        };
        assert!(decide(&["lab-2"], Duration::ZERO).is_empty());
        assert!(decide(&["lab-2"], HOUR / 2).is_empty());
        assert_eq!(decide(&["lab-2"], HOUR), ["lab-1"]);
        // One that is used again starts anew.
        assert!(decide(&["lab-1", "lab-2"], HOUR).is_empty());
        assert!(decide(&["lab-2"], HOUR * 3 / 2).is_empty());
        assert!(decide(&["lab-2"], HOUR * 2).is_empty());
        assert_eq!(decide(&["lab-2"], HOUR * 5 / 2), ["lab-1"]);
    }
}
