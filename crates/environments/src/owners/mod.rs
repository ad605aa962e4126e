//! Owners: from a caller to the owner records that the caller may act for.

mod claimant;
mod claims;
mod identity;

use kube::ResourceExt;
use ledger::seats::{SeatKey, seat_at};
use resources::{DployOwner, DployTemplate, Identity, IdentityKind, names::suffixed_owner_key};
use tracing::info;

pub(crate) use self::claimant::Claimant;
use self::identity::{fingerprint, person, team};
use crate::{
    Caller, Refusal,
    cluster::Writes,
    own_effect::or_own_effect,
    ports::{Ports, Reads},
};

/// An owner whose key is bound to an identity of the caller.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Owner {
    /// The owner key.
    pub(crate) key: String,
    /// Whether the owner is a team.
    pub(crate) shared: bool,
}

impl Owner {
    fn of(record: &DployOwner) -> Self {
        let shared = record.spec.identity.kind == IdentityKind::Team;
        Self { key: record.name_any(), shared }
    }
}

/// The owners that the caller may act for, as far as the cache knows: the person first, then teams.
pub(crate) fn owners_of(reads: &Reads, caller: &Caller) -> Vec<Owner> {
    let person = Some(person(&caller.subject)).filter(|it| !it.value.is_empty());
    let teams = claims::all_values(&caller.claims);
    let teams = teams.into_iter().map(|(claim, value)| team(&claim, &value));
    let identities = person.into_iter().chain(teams);
    identities.filter_map(|it| reads.cache.owner_of(&it)).map(|it| Owner::of(&it)).collect()
}

/// Finds owners, and creates the record of an owner at its first use. That is its only write.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Owners<'a> {
    reads: &'a Reads,
    writes: &'a Writes,
}

impl<'a> Owners<'a> {
    pub(crate) const fn of(ports: Ports<'a>) -> Self {
        Self { reads: ports.reads, writes: ports.writes }
    }

    /// The owner of an environment that the caller launches from `template`. Binds the owner key at
    /// its first use.
    pub(crate) async fn for_launch(
        &self,
        caller: &Caller,
        template: &DployTemplate,
    ) -> Result<Owner, Refusal> {
        let claimant = Claimant::of(caller, &template.spec.owner_claim)?;
        match self.known(&claimant.identity).await? {
            Some(owner) => Ok(owner),
            None => self.bind(&claimant).await,
        }
    }

    /// The owners that may have the caller's environment with this key, the likeliest first. The
    /// owner of a new launch is looked up live when the cache does not have it.
    pub(crate) async fn candidates(
        &self,
        caller: &Caller,
        key: &SeatKey,
    ) -> Result<Vec<Owner>, Refusal> {
        let template = self.reads.cache.templates.get(&key.template);
        let owner_claim = template.map(|it| it.spec.owner_claim.clone()).unwrap_or_default();
        let mut owners = owners_of(self.reads, caller);
        let likeliest = match Claimant::of(caller, &owner_claim) {
            Ok(claimant) => self.known_or_inherited(&claimant).await?,
            Err(_) => None,
        };
        if let Some(likeliest) = likeliest {
            owners.retain(|owner| *owner != likeliest);
            owners.insert(0, likeliest);
        }
        owners.sort_by_key(|owner| !self.seems_to_have(owner, key));
        Ok(owners)
    }

    /// Binds the caller's own key if instances already carry it and the key is free. Such instances
    /// are older than owner records.
    pub(crate) async fn inherit(&self, caller: &Caller) -> Result<(), Refusal> {
        match Claimant::person(caller) {
            Ok(claimant) if self.reads.cache.owner_of(&claimant.identity).is_none() => {
                self.inherited(&claimant).await.map(drop)
            }
            _ => Ok(()),
        }
    }

    fn seems_to_have(&self, owner: &Owner, key: &SeatKey) -> bool {
        let record = self.reads.cache.owners.get(&owner.key);
        record.is_some_and(|record| seat_at(&record, key).is_some())
            || self.reads.cache.owned_by(&owner.key).iter().any(|it| key.covers(it))
    }

    async fn known_or_inherited(&self, claimant: &Claimant) -> Result<Option<Owner>, Refusal> {
        match self.known(&claimant.identity).await? {
            Some(owner) => Ok(Some(owner)),
            None => self.inherited(claimant).await,
        }
    }

    /// The owner that this identity is bound to.
    async fn known(&self, identity: &Identity) -> Result<Option<Owner>, Refusal> {
        if let Some(record) = self.reads.cache.owner_of(identity) {
            return Ok(Some(Owner::of(&record)));
        }
        self.reads.live.owners_labelled(&fingerprint(identity)).await?;
        Ok(self.reads.cache.owner_of(identity).map(|record| Owner::of(&record)))
    }

    async fn inherited(&self, claimant: &Claimant) -> Result<Option<Owner>, Refusal> {
        let key = claimant.key();
        let is_free = self.reads.cache.owners.get(&key).is_none();
        if !is_free || self.reads.cache.owned_by(&key).is_empty() {
            return Ok(None);
        }
        self.bind(claimant).await.map(Some)
    }

    /// Binds the claimant's key to the claimant's identity. Uses the key with a suffix when another
    /// identity has the key.
    async fn bind(&self, claimant: &Claimant) -> Result<Owner, Refusal> {
        let key = claimant.key();
        if let Some(owner) = self.bind_to(claimant, &key).await? {
            return Ok(owner);
        }
        let suffixed = suffixed_owner_key(&key, &claimant.identity);
        self.bind_to(claimant, &suffixed).await?.ok_or(Refusal::Contended)
    }

    /// `None` when the key is bound to another identity.
    async fn bind_to(&self, claimant: &Claimant, key: &str) -> Result<Option<Owner>, Refusal> {
        let created = self.writes.create_owner(&claimant.record(key)).await;
        if created.is_ok() {
            info!(owner = key, "bound an owner key at its first use");
        }
        let bound = or_own_effect(created, self.reads.live.owner(key)).await?;
        let record = bound.ok_or(Refusal::Contended)?;
        let is_claimants = record.spec.identity == claimant.identity;
        Ok(is_claimants.then(|| Owner::of(&record)))
    }
}
