//! A pool never has more members than its maximum.

use std::collections::{BTreeMap, BTreeSet};

use super::{Past, Violation};
use crate::record::{Moment, Story};

pub(super) fn check(past: &Past<'_>) -> Vec<Violation> {
    let pooled = past.recorded.stories.values().filter(|it| it.is_pooled && !it.is_void);
    let mut moments: Vec<(&Story, &Moment)> =
        pooled.flat_map(|story| story.moments.iter().map(move |moment| (story, moment))).collect();
    moments.sort_by_key(|(_, moment)| moment.number);
    let mut members: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    let mut violations = Vec::new();
    for (story, moment) in moments {
        let pool = members.entry(&story.template).or_default();
        if moment.is_gone {
            pool.remove(story.name.as_str());
            continue;
        }
        let limit = past.recorded.pools.get(&story.template).into_iter().flatten();
        let limit = limit.map(|(_, _, limit)| *limit).min().unwrap_or(usize::MAX);
        if pool.insert(&story.name) && pool.len() > limit {
            let text = format!("{} has {} members at {} ms", story.template, pool.len(), moment.at);
            violations.push(Violation::of("a pool keeps its maximum", text));
        }
    }
    violations
}
