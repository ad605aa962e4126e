//! A pool never has more members than its maximum.

use std::collections::BTreeMap;

use super::{Past, Violation};
use crate::record::{Moment, Story};

/// How soon the next leader begins, and deletes a member that a killed one requested before, in
/// milliseconds. Each kill can meet the next leader before that.
const SURPLUS_ENDS: u64 = 40_000;

/// The members of a pool, each with whether it is being deleted.
#[derive(Default)]
struct Members<'a> {
    now: BTreeMap<&'a str, bool>,
    /// The time at which a late creation exceeded the maximum.
    surplus_since: Option<u64>,
}

pub(super) fn check(past: &Past<'_>) -> Vec<Violation> {
    let pooled = past.recorded.stories.values().filter(|it| it.is_pooled && !it.is_void);
    let mut moments: Vec<(&Story, &Moment)> =
        pooled.flat_map(|story| story.moments.iter().map(move |moment| (story, moment))).collect();
    moments.retain(|(_, moment)| !moment.is_place);
    moments.sort_by_key(|(_, moment)| moment.number);
    let terms = if past.plan.has_late_creations() { 1 + past.plan.operators_kills() } else { 0 };
    let patience = terms * SURPLUS_ENDS;
    let mut pools: BTreeMap<&str, Members<'_>> = BTreeMap::new();
    let mut violations = Vec::new();
    for (story, moment) in moments {
        let pool = pools.entry(&story.template).or_default();
        let limit = past.recorded.pools.get(&story.template).into_iter().flatten();
        let limit = limit.map(|(_, _, limit)| *limit).min().unwrap_or(usize::MAX);
        if let Some(late) = pool.meets(story, moment, limit, patience) {
            let text = format!("{} has {late} members at {} ms", story.template, moment.at);
            violations.push(Violation::of("a pool keeps its maximum", text));
        }
    }
    violations
}

impl<'a> Members<'a> {
    /// Takes note of a version. Returns the number of members if there are too many for too long.
    fn meets(
        &mut self,
        story: &'a Story,
        moment: &Moment,
        limit: usize,
        patience: u64,
    ) -> Option<usize> {
        let is_overdue = self.surplus_since.is_some_and(|since| since + patience < moment.at);
        let is_new = if moment.is_gone {
            self.now.remove(story.name.as_str());
            false
        } else {
            self.now.insert(&story.name, moment.is_deleting).is_none()
        };
        let staying = self.now.values().filter(|is_deleting| !**is_deleting).count();
        if staying <= limit {
            self.surplus_since = None;
        }
        if is_new && self.now.len() > limit {
            self.surplus_since.get_or_insert(moment.at);
        }
        ((is_new && patience == 0 && self.now.len() > limit) || is_overdue)
            .then_some(self.now.len())
    }
}
