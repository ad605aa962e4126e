//! All that a caller owns, and the state of one environment: from the cache.

use std::sync::Arc;

use jiff::Timestamp;
use resources::{DployInstance, Seat};
use wire::{EnvironmentList, Run};

use crate::{
    Caller, Refusal, instant,
    ledger::{
        seat_of, seats,
        standing::{self, Standing, is_ours},
    },
    owners::Owner,
    room::Room,
    views::{count, started_at},
};

impl Room {
    /// All that the caller owns, personally and through teams.
    pub(crate) async fn list(&self, caller: &Caller) -> Result<EnvironmentList, Refusal> {
        self.filled().await?;
        self.inherit(caller).await?;
        Ok(self.list_now(caller))
    }

    /// The list as the cache has it.
    pub(crate) fn list_now(&self, caller: &Caller) -> EnvironmentList {
        let now = self.clock.now();
        let owners = self.owners_of(caller);
        let mut owned: Vec<(Arc<DployInstance>, &Owner)> = owners
            .iter()
            .flat_map(|owner| {
                self.cache.owned_by(&owner.key).into_iter().map(move |it| (it, owner))
            })
            .collect();
        owned.sort_by_cached_key(|(it, _)| (started_at(it), it.spec.template_ref.clone()));
        let environments: Vec<_> =
            owned.iter().map(|(it, owner)| self.environment_of(it, owner, now)).collect();
        let person = owners.iter().find(|owner| !owner.shared);
        let record = person.and_then(|person| self.cache.owners.get(&person.key));
        EnvironmentList {
            count: count(environments.len()),
            environments,
            limit: self.limit_of(record.as_deref()),
            used: record.map_or(0, |record| {
                let held = seats(&record).iter().filter(|seat| self.counts(seat, now)).count();
                count(held + self.unseated_count(&record))
            }),
            now: instant::text(now),
        }
    }

    /// The caller's environment of `template`.
    pub(crate) async fn status(&self, caller: &Caller, template: &str) -> Result<Run, Refusal> {
        self.filled().await?;
        let is_teams = self
            .cache
            .templates
            .get(template)
            .is_some_and(|template| !template.spec.owner_claim.is_empty());
        let mut owners = self.owners_of(caller);
        owners.sort_by_key(|owner| owner.shared != is_teams);
        for owner in owners {
            if let Some(instance) = self.known_to_live(&owner, template) {
                return Ok(self.run_of(&instance, &owner));
            }
        }
        for owner in self.holders_of(caller, template).await? {
            if let Some(instance) = self.living(&owner, template).await? {
                return Ok(self.run_of(&instance, &owner));
            }
        }
        Err(Refusal::NotFound(template.to_owned()))
    }

    /// The owner's environment of `template` that lives, as far as the cache knows.
    fn known_to_live(&self, owner: &Owner, template: &str) -> Option<Arc<DployInstance>> {
        let record = self.cache.owners.get(&owner.key)?;
        let now = self.clock.now();
        if let Some(seat) = seat_of(&record, template) {
            let instance = self.cache.instances.get(&seat.instance)?;
            let standing = standing::standing(seat, &owner.key, Some(&instance), now);
            return (standing == Standing::Lives).then_some(instance);
        }
        let owned = self.cache.owned_by(&owner.key).into_iter();
        owned
            .filter(|it| it.spec.template_ref == template && !is_ours(it))
            .find(|it| standing::of_owned(it, now) == Standing::Lives)
    }

    /// Whether the seat's environment is not known to be on its way out.
    fn counts(&self, seat: &Seat, now: Timestamp) -> bool {
        let instance = self.cache.instances.get(&seat.instance);
        instance
            .is_none_or(|it| !standing::is_leaving(&it) && !standing::is_past_deadline(&it, now))
    }
}
