//! Who waits in the queue of a pool is served in the order of the queue.

use super::{Past, Violation};
use crate::record::{Moment, Story};

/// How soon an operator that nothing disturbs notices that a lost seat is back, in milliseconds.
const NOTICED_WITHIN: u64 = 5_000;

pub(super) fn check(past: &Past<'_>) -> Vec<Violation> {
    let places = || past.recorded.stories.values().filter(|it| it.is_place());
    let mut violations = Vec::new();
    for place in places() {
        let Some(served) = assigned(past, place) else { continue };
        let overtaken = places().filter(|other| {
            other.template == place.template && is_ahead(other, place) && waits(past, other, served)
        });
        violations.extend(overtaken.map(|other| {
            let text = format!("{} was served before {}", place.name, other.name);
            Violation::of("first come, first served", text)
        }));
    }
    violations
}

/// The version by which a member became that of the owner who waits.
fn assigned<'a>(past: &'a Past<'_>, place: &Story) -> Option<&'a Moment> {
    past.recorded.given(place).filter_map(Story::owned).min_by_key(|it| it.number)
}

/// Whether the place was there first, and comes first. The order has whole seconds, so a place can
/// come later and be ahead: nobody could know that.
fn is_ahead(other: &Story, place: &Story) -> bool {
    let begin = |it: &Story| it.moments.first().map(|it| it.number);
    begin(other) < begin(place) && (other.created, &other.name) < (place.created, &place.name)
}

/// Whether the place waits when another one is served: it has a seat, its owner has got no member,
/// and the operator can know both.
fn waits(past: &Past<'_>, place: &Story, served: &Moment) -> bool {
    let before = place.moments.iter().rev().find(|it| it.number < served.number);
    let is_waiting = before.is_some_and(|it| it.is_place && !it.is_deleting && !it.is_gone);
    is_waiting
        && is_known(past, place, served.at)
        && assigned(past, place).is_none_or(|it| it.number > served.number)
}

/// Whether the operator can know that a seat names the place: it has done so since the place began,
/// or is back for long enough after the admin took it away.
fn is_known(past: &Past<'_>, place: &Story, at: u64) -> bool {
    let Some(since) = past.recorded.seated_since(place, at) else { return false };
    let began = place.moments.first().map_or(0, |it| it.at);
    let is_noticed = since + NOTICED_WITHIN <= at && !past.plan.disturbs_operators(since, at);
    since <= began || is_noticed
}
