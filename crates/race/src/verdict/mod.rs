//! Compares what the callers were told with what the API server, or the server itself, shows.
//!
//! Each function returns one description for each time that a promise was broken.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::{Duration, Instant},
};

use crate::{
    history::{Action, Call, Outcome},
    lives::{Life, Lives},
    report::Breaches,
};

/// Clocks and watches may be this far apart.
const SLACK: Duration = Duration::from_secs(1);

/// The requests and the lives, ready to be compared.
pub(crate) struct Evidence<'a> {
    calls: &'a [Call],
    lives: &'a Lives,
    /// The lives of environments by uuid.
    by_uuid: BTreeMap<&'a str, &'a Life>,
    /// The requests by owner and template.
    by_desk: BTreeMap<(&'a str, &'a str), Vec<&'a Call>>,
    /// The number of environments that an owner may have.
    quota: usize,
}

impl<'a> Evidence<'a> {
    /// Sorts the requests and the lives.
    pub(crate) fn new(calls: &'a [Call], lives: &'a Lives, quota: usize) -> Self {
        let real = lives.all().filter(|life| !life.is_void);
        let by_uuid = real.map(|life| (&*life.uuid, life)).collect();
        let mut by_desk = BTreeMap::<_, Vec<&Call>>::new();
        for call in calls {
            by_desk.entry((&*call.owner, &*call.template)).or_default().push(call);
        }
        Self { calls, lives, by_uuid, by_desk, quota }
    }

    /// Every promise with the descriptions of its breaches.
    pub(crate) fn counts(&self) -> Breaches {
        let (lost, double) = self.extends();
        vec![
            ("double claims", self.double_claims()),
            ("quota overruns", self.overruns()),
            ("two environments of one template", self.twins()),
            ("lost extends", lost),
            ("double extends", double),
            ("acknowledged launches lost", self.lost_launches()),
            ("deleted and still there", self.undeleted()),
            ("deletes answered 404 by mistake", self.denied_deletes()),
        ]
    }

    fn double_claims(&self) -> Vec<String> {
        let mut owners = BTreeMap::<&str, BTreeSet<&str>>::new();
        for (uuid, life) in &self.by_uuid {
            owners.entry(uuid).or_default().extend(life.owners.iter().map(String::as_str));
        }
        for call in self.calls {
            if let Some(uuid) = call.launched() {
                owners.entry(uuid).or_default().insert(&call.owner);
            }
        }
        let several = owners.iter().filter(|(_, owners)| owners.len() > 1);
        several.map(|(uuid, owners)| format!("{uuid} went to {owners:?}")).collect()
    }

    fn overruns(&self) -> Vec<String> {
        let over = self.lives.most.iter().filter(|(_, most)| **most > self.quota);
        over.map(|(owner, most)| format!("{owner} had {most} of {}", self.quota)).collect()
    }

    fn twins(&self) -> Vec<String> {
        let twins = self.lives.twins.iter();
        twins.map(|(owner, template)| format!("{owner} had two of {template}")).collect()
    }

    /// The extensions that are missing, and those that are too many.
    fn extends(&self) -> (Vec<String>, Vec<String>) {
        let (mut lost, mut double) = (Vec::new(), Vec::new());
        for ((owner, template), calls) in &self.by_desk {
            let of = |wanted: fn(&Outcome) -> bool| {
                let extends = calls.iter().filter(|call| call.action == Action::Extend);
                extends.filter(|call| wanted(&call.outcome)).count() as u64
            };
            let told = of(|outcome| matches!(outcome, Outcome::Extended { .. }));
            let uncertain = of(Outcome::is_uncertain);
            let Some(stored) = self.stored_extensions(owner, template) else { continue };
            let what =
                format!("{owner}/{template}: {told} told, {uncertain} unclear, {stored} stored");
            match stored {
                _ if stored < told => lost.push(what),
                _ if stored > told + uncertain => double.push(what),
                _ => {}
            }
        }
        (lost, double)
    }

    /// The extensions of all environments of an owner and template, if all of them are known.
    fn stored_extensions(&self, owner: &str, template: &str) -> Option<u64> {
        let calls = self.by_desk.get(&(owner, template)).into_iter().flatten();
        let mut launched = calls.filter_map(|call| call.launched());
        if !launched.all(|uuid| self.by_uuid.contains_key(uuid)) {
            return None;
        }
        let lives = self.by_uuid.values();
        let lives = lives.filter(|it| it.template == template && it.owners.contains(owner));
        lives.map(|life| life.extensions).sum()
    }

    /// The environments that ended although nobody asked for it and their time had not come.
    fn lost_launches(&self) -> Vec<String> {
        let mut lost = BTreeSet::new();
        for (call, uuid) in self.launches() {
            let life = self.by_uuid.get(uuid);
            let reason = match life.map(|life| life.ended) {
                // A list shows only what still lives.
                None if !self.may_be_deleted(call, None) => "does not exist",
                Some(Some((ended, at)))
                    if !self.may_be_deleted(call, Some(ended))
                        && !life.is_some_and(|life| life.has_expired_at(at + SLACK)) =>
                {
                    "ended by itself"
                }
                _ => continue,
            };
            lost.insert(format!("{} {uuid} of {}: {reason}", call.template, call.owner));
        }
        lost.into_iter().collect()
    }

    /// Whether a deletion can have ended the environment of a launch, until `ended` or ever.
    fn may_be_deleted(&self, launch: &'a Call, ended: Option<Instant>) -> bool {
        self.deletes(launch).any(|delete| {
            let is_late = ended.is_some_and(|ended| delete.start > ended);
            let acted_then = ended.is_some_and(|ended| delete.end + SLACK >= ended);
            let acted = acted_then || delete.end >= launch.start;
            !is_late && (acted || delete.outcome.is_uncertain())
        })
    }

    /// The environments that outlive their deletion, and those that are returned afterwards.
    fn undeleted(&self) -> Vec<String> {
        let mut found = BTreeSet::new();
        for (launch, uuid) in self.launches() {
            let after =
                |delete: &&Call| delete.start > launch.end && delete.outcome == Outcome::Deleted;
            let Some(delete) = self.deletes(launch).find(after) else { continue };
            let lives = self.by_uuid.get(uuid).is_some_and(|life| life.ended.is_none());
            let again = self
                .same_desk(launch)
                .any(|call| call.start > delete.end && call.launched() == Some(uuid));
            if lives || again {
                let which = if lives { "lives" } else { "was returned again" };
                found.insert(format!("{} {uuid} of {} {which}", launch.template, launch.owner));
            }
        }
        found.into_iter().collect()
    }

    /// The deletions that answered 404 although the environment was there until they came.
    fn denied_deletes(&self) -> Vec<String> {
        let mut found = BTreeSet::new();
        for (launch, uuid) in self.launches() {
            let Some(life) = self.by_uuid.get(uuid) else { continue };
            let denied = |call: &&Call| {
                call.start > launch.end
                    && call.outcome == Outcome::Refused(404)
                    && self.was_there_for(launch, life, call)
            };
            if self.deletes(launch).any(|call| denied(&call)) {
                found.insert(format!("{} {uuid} of {}", launch.template, launch.owner));
            }
        }
        found.into_iter().collect()
    }

    /// Whether only `delete` can have ended the environment, or nothing has.
    fn was_there_for(&self, launch: &'a Call, life: &Life, delete: &Call) -> bool {
        let had_ended = life.ended.is_some_and(|(at, _)| at < delete.start);
        let expired = life.ended.is_some_and(|(_, at)| life.has_expired_at(at + SLACK));
        let others = self.deletes(launch).any(|other| {
            !std::ptr::eq(other, delete)
                && other.start <= delete.end
                && (other.end >= launch.start || other.outcome.is_uncertain())
        });
        !had_ended && !expired && !others
    }

    /// The launches that returned an environment, with its uuid.
    fn launches(&self) -> impl Iterator<Item = (&'a Call, &'a str)> + '_ {
        self.calls.iter().filter_map(|call| Some((call, call.launched()?)))
    }

    /// The requests of the same owner for the same template.
    fn same_desk(&self, call: &'a Call) -> impl Iterator<Item = &'a Call> + '_ {
        self.by_desk.get(&(&*call.owner, &*call.template)).into_iter().flatten().copied()
    }

    /// The deletions of the same owner and template.
    fn deletes(&self, call: &'a Call) -> impl Iterator<Item = &'a Call> + '_ {
        self.same_desk(call).filter(|call| call.action == Action::Delete)
    }
}

#[cfg(test)]
mod tests;
