//! An owner never has more environments than the quota, nor two of one template.

use std::collections::BTreeMap;

use super::{Past, Violation};
use crate::record::{Moment, Story};

pub(super) fn check(past: &Past<'_>) -> Vec<Violation> {
    let quota = past.plan.largest_quota();
    let stories = past.recorded.stories.values().filter(|it| !past.recorded.lost_on_the_way(it));
    let mut moments: Vec<(&Story, &Moment)> =
        stories.flat_map(|story| story.moments.iter().map(move |moment| (story, moment))).collect();
    moments.sort_by_key(|(_, moment)| moment.number);
    let mut living: BTreeMap<&str, BTreeMap<&str, &str>> = BTreeMap::new();
    let mut violations = Vec::new();
    for (story, moment) in moments {
        if moment.owner.is_empty() {
            continue;
        }
        let (at, owner) = (moment.at, moment.owner.as_str());
        let own = living.entry(owner).or_default();
        let ends = moment.is_deleting || moment.is_gone;
        if let Some(place) = story.queued_as.as_ref().filter(|_| !ends) {
            // The place stands for the member until a seat names the member.
            if past.recorded.seated_at(story).is_none_or(|seated| seated > at) {
                continue;
            }
            own.remove(place.as_str());
        }
        if ends || is_served(past, story, at) {
            own.remove(story.name.as_str());
            continue;
        }
        if own.insert(&story.name, &story.template).is_some() {
            continue;
        }
        if own.len() > quota {
            let text = format!("{owner} has {} at {at} ms", own.len());
            violations.push(Violation::of("quota", text));
        }
        if own.values().filter(|template| **template == story.template).count() > 1 {
            let text = format!("{owner} has two of {} at {at} ms: {own:?}", story.template);
            violations.push(Violation::of("one environment per template", text));
        }
    }
    violations
}

/// Whether the owner of this place has a member in its stead.
fn is_served(past: &Past<'_>, place: &Story, at: u64) -> bool {
    past.recorded.served(place).is_some_and(|(_, seated)| seated <= at)
}
