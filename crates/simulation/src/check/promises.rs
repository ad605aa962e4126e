//! What was acknowledged is kept: an environment lives until its end, belongs to one owner, and
//! does not come back.

use super::{MAX_SKEW, Past, Violation, acts_for, matching::without_partner};
use crate::{
    history::{Answer, Asked},
    plan::Ask,
    record::{Moment, Story},
};

pub(super) fn check(past: &Past<'_>) -> Vec<Violation> {
    let mut violations: Vec<Violation> =
        past.recorded.stories.values().filter_map(one_owner).collect();
    for (number, asked) in past.asked.iter().enumerate() {
        if let (Ask::Launch, Some(Answer::Runs { uuid, owner })) =
            (asked.request.ask, asked.answered())
        {
            violations.extend(launched(past, number, asked, uuid, owner));
        }
    }
    violations.extend(one_success_per_deletion(past));
    violations
}

/// An instance that has an owner keeps it.
fn one_owner(story: &Story) -> Option<Violation> {
    let first = story.owned()?;
    let other = story.moments.iter().find(|it| it.at >= first.at && it.owner != first.owner)?;
    let text = format!("{} went from {} to {:?}", story.name, first.owner, other.owner);
    Some(Violation::of("one owner per member", text))
}

fn launched(
    past: &Past<'_>,
    number: usize,
    asked: &Asked,
    uuid: &str,
    owner: &str,
) -> Option<Violation> {
    let template = asked.request.template;
    let is_it = |story: &&Story| story.uuid == uuid && story.template == template && !story.is_void;
    let all = past.recorded.stories.values();
    let Some(story) = all.clone().find(|story| is_it(story) && belonged_to(story, owner)) else {
        let text = format!("#{number} got {template}-{uuid}, which {owner} never had");
        return Some(Violation::of("an acknowledged launch lives", text));
    };
    let story = past.recorded.served(story).map_or(story, |(member, _)| member);
    let end = story.ended()?;
    let living = story.at(end.at.saturating_sub(1)).unwrap_or(end);
    if end.at < asked.sent {
        let text = format!("#{number} got {}, deleted at {} ms", story.name, end.at);
        return Some(Violation::of("what is deleted does not come back", text));
    }
    if is_explained(past, story, living, end, owner) {
        return None;
    }
    let text = format!("#{number} got {}, which was deleted at {} ms", story.name, end.at);
    Some(Violation::of("an acknowledged launch lives", text))
}

fn belonged_to(story: &Story, owner: &str) -> bool {
    story.moments.iter().any(|it| it.owner == owner)
}

/// Whether the end is the deadline, the owner's wish or the admin's. Who waits for a template waits
/// no longer when the admin deletes it.
fn is_explained(
    past: &Past<'_>,
    story: &Story,
    living: &Moment,
    end: &Moment,
    owner: &str,
) -> bool {
    let is_over = living.deadline.is_some_and(|deadline| deadline <= end.at + MAX_SKEW);
    let owned_at = story.owned().map_or(0, |it| it.at);
    let is_wish = past.asked.iter().any(|asked| {
        asked.request.ask == Ask::Delete
            && asked.request.template == story.template
            && acts_for(asked.request.who, owner)
            && (asked.is_unknown() || asked.answered() == Some(&Answer::Deleted))
            && asked.sent <= end.at
            && asked.end() >= owned_at
    });
    let begin = story.moments.first().map_or(0, |it| it.at);
    let is_queue_over =
        living.is_place && past.recorded.lacked_template(&story.template, begin, end.at);
    is_over || is_wish || is_queue_over || past.history.is_admins(&story.name, end.at)
}

/// Every 204 has an environment of its own. A request whose deletion was disturbed, and that then
/// found nothing, may answer 204 beside another one (docs/ledger.md, "Known gaps").
fn one_success_per_deletion(past: &Past<'_>) -> Vec<Violation> {
    let deletes: Vec<(usize, &Asked)> = past
        .asked
        .iter()
        .enumerate()
        .filter(|(_, asked)| asked.answered() == Some(&Answer::Deleted))
        .filter(|(_, asked)| !past.history.is_in_doubt(asked))
        .collect();
    let effects = effects(past);
    let fit = |delete: usize, effect: usize| {
        let ((_, asked), effect) = (deletes[delete], &effects[effect]);
        let is_mine = effect.owner.is_empty() || acts_for(asked.request.who, &effect.owner);
        let is_then = effect.times.iter().any(|at| (asked.sent..=asked.end()).contains(at));
        is_mine && is_then && effect.template == asked.request.template
    };
    let without = without_partner(deletes.len(), effects.len(), fit);
    without
        .into_iter()
        .map(|delete| {
            let text = format!("#{} deleted nothing, or what another one did", deletes[delete].0);
            Violation::of("one success per deletion", text)
        })
        .collect()
}

/// What a delete can have done to one name.
struct Effect {
    template: String,
    /// Empty: the owner of a seat whose instance has none.
    owner: String,
    name: String,
    times: Vec<u64>,
}

impl Effect {
    fn of(name: &str, template: &str, owner: &str, at: u64) -> Self {
        Self {
            template: template.to_owned(),
            owner: owner.to_owned(),
            name: name.to_owned(),
            times: vec![at],
        }
    }
}

/// The deletions, the fences and the freed seats.
fn effects(past: &Past<'_>) -> Vec<Effect> {
    let mut effects = Vec::new();
    for story in past.recorded.stories.values() {
        let end = if story.is_void { story.moments.first() } else { story.ended() };
        // The operator ends the place of an owner who was served.
        if let Some(end) = end.filter(|_| past.recorded.served(story).is_none()) {
            let owner = story.owned().map_or("", |it| it.owner.as_str());
            gather(&mut effects, Effect::of(&story.name, &story.template, owner, end.at));
        }
    }
    let mut early = Vec::new();
    for (number, ledger) in past.recorded.ledgers.iter().enumerate() {
        let earlier = past.recorded.ledgers[..number].iter().rev();
        let before = earlier.clone().find(|it| it.owner == ledger.owner);
        let seats = ledger.seats.clone().unwrap_or_default();
        for seat in before.and_then(|it| it.seats.as_ref()).into_iter().flatten() {
            if seats.iter().any(|it| it.instance == seat.instance) {
                continue;
            }
            let freed = Effect::of(&seat.instance, &seat.template, &ledger.owner, ledger.at);
            if is_claimed_later(past, &freed, ledger.at) {
                early.push(freed);
            } else {
                gather(&mut effects, freed);
            }
        }
    }
    effects.extend(early);
    effects
}

/// Adds an effect to that on the same name and owner: two owners can have a seat of one member, of
/// whom one has claimed it.
fn gather(effects: &mut Vec<Effect>, effect: Effect) {
    let is_same = |it: &&mut Effect| {
        let owners = (it.owner.as_str(), effect.owner.as_str());
        it.name == effect.name
            && (owners.0 == owners.1 || owners.0.is_empty() || owners.1.is_empty())
    };
    match effects.iter_mut().find(is_same) {
        Some(known) => {
            known.times.extend(&effect.times);
            if known.owner.is_empty() {
                known.owner = effect.owner;
            }
        }
        None => effects.push(effect),
    }
}

/// Whether the owner whose seat was freed at `at` claimed the member after that. The seat was that
/// of an earlier claim, which never came.
fn is_claimed_later(past: &Past<'_>, freed: &Effect, at: u64) -> bool {
    let mut stories = past.recorded.stories.values().filter(|it| it.name == freed.name);
    stories.any(|it| it.owned().is_some_and(|it| it.owner == freed.owner && it.at > at))
}
