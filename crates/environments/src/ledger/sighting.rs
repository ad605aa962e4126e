use kube::ResourceExt;
use resources::{DployInstance, DployOwner, Seat};

use super::{
    seat_of,
    standing::{self, Standing},
};
use crate::{Refusal, owners::Owner, room::Room};

/// What a live read of an owner's ledger found about one template.
#[derive(Debug, Clone)]
pub(crate) struct Sighting {
    /// The ledger.
    pub(crate) record: DployOwner,
    /// What there is.
    pub(crate) found: Found,
}

/// What an owner has of one template.
#[derive(Debug, Clone)]
pub(crate) enum Found {
    /// Nothing.
    Nothing,
    /// An environment that was made with kubectl or by a Dploy older than seats, and lives.
    Unseated(Box<DployInstance>),
    /// A seat, and what its instance is to it.
    Seat { seat: Seat, instance: Option<Box<DployInstance>>, standing: Standing },
}

impl Room {
    /// Reads the owner's ledger and the instance of `template` that it names, both live. `None` when there is no ledger.
    pub(crate) async fn sight(
        &self,
        owner: &Owner,
        template: &str,
    ) -> Result<Option<Sighting>, Refusal> {
        let Some(record) = self.cluster.owner(&owner.key).await? else { return Ok(None) };
        let found = match seat_of(&record, template) {
            Some(seat) => {
                let instance = self.cluster.instance(&seat.instance).await?;
                let now = self.clock.now();
                let standing = standing::standing(seat, &owner.key, instance.as_ref(), now);
                Found::Seat { seat: seat.clone(), instance: instance.map(Box::new), standing }
            }
            None => self.unseated(owner, template).await?,
        };
        Ok(Some(Sighting { record, found }))
    }

    /// The owner's ledger as the cache has it, where it knows of nothing that they have of `template`.
    pub(crate) fn ledger_without(&self, owner: &Owner, template: &str) -> Option<DployOwner> {
        let record = self.cache.owners.get(&owner.key)?;
        let owned = self.cache.owned_by(&owner.key);
        let has_none = seat_of(&record, template).is_none()
            && owned.iter().all(|it| it.spec.template_ref != template);
        has_none.then(|| DployOwner::clone(&record))
    }

    async fn unseated(&self, owner: &Owner, template: &str) -> Result<Found, Refusal> {
        let known = self.cache.owned_by(&owner.key).into_iter();
        let known = known.filter(|it| it.spec.template_ref == template && !standing::is_ours(it));
        for instance in known {
            let Some(live) = self.cluster.instance(&instance.name_any()).await? else { continue };
            let is_theirs = standing::is_environment(&live, &owner.key, template);
            if is_theirs && standing::of_owned(&live, self.clock.now()) == Standing::Lives {
                return Ok(Found::Unseated(Box::new(live)));
            }
        }
        Ok(Found::Nothing)
    }
}
