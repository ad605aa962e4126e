//! Every environment has a seat, from its creation or claim until its deletion. The seat goes
//! before the deleted instance does.

use std::collections::BTreeMap;

use super::{Past, Violation};
use crate::record::{Ledger, Moment, Story};

pub(super) fn check(past: &Past<'_>) -> Vec<Violation> {
    if past.plan.loses_records() {
        return Vec::new();
    }
    let mut ledgers: BTreeMap<&str, Vec<&Ledger>> = BTreeMap::new();
    for ledger in &past.recorded.ledgers {
        ledgers.entry(&ledger.owner).or_default().push(ledger);
    }
    let lives = past.recorded.stories.values().filter(|it| !it.is_void);
    let mut violations: Vec<Violation> =
        lives.clone().filter_map(|story| unseated(past, story, &ledgers)).collect();
    if !past.plan.drops_finalizers() {
        violations.extend(lives.filter_map(|story| outlived(past, story)));
    }
    violations
}

/// An environment that is gone while a seat still names it.
fn outlived(past: &Past<'_>, story: &Story) -> Option<Violation> {
    let gone = story.gone().filter(|_| story.owned().is_some())?;
    let text = format!("a seat names {}, which is gone at {} ms", story.name, gone.at);
    let is_named = past.recorded.has_seat(story, gone.at);
    is_named.then(|| Violation::of("no seat outlives its environment", text))
}

/// The first time at which the environment lived without a seat.
fn unseated(
    past: &Past<'_>,
    story: &Story,
    ledgers: &BTreeMap<&str, Vec<&Ledger>>,
) -> Option<Violation> {
    let begin = begin(past, story)?;
    // The seat of a place becomes one of the member that its owner is given.
    let served = past.recorded.served(story).map_or(u64::MAX, |(_, seated)| seated);
    let end = story.ended().map_or(u64::MAX, |it| it.at).min(served);
    let versions = ledgers.get(begin.owner.as_str()).map(Vec::as_slice).unwrap_or_default();
    let before = versions.iter().rev().find(|it| it.at <= begin.at);
    let later = versions.iter().find(|it| it.at > begin.at && it.at < end && !it.names(story));
    let at = match before.filter(|it| it.names(story)) {
        None if begin.at < end => Some(begin.at),
        None => None,
        Some(_) => later.map(|it| it.at),
    };
    let text = format!("{} of {} had none at {} ms", story.name, begin.owner, at?);
    Some(Violation::of("every environment has a seat", text))
}

/// When the environment became its owner's. A member that was given to an owner in the queue is the
/// owner's as soon as a seat names it.
fn begin<'a>(past: &Past<'_>, story: &'a Story) -> Option<&'a Moment> {
    let owned = story.owned()?;
    if story.queued_as.is_none() {
        return Some(owned);
    }
    let seated = past.recorded.seated_at(story)?;
    story.moments.iter().find(|it| it.at >= seated)
}
