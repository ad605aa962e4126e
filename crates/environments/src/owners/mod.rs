//! Owners: from a caller to the owner records that the caller may act for.

mod bind;
mod claimant;
mod claims;
mod identity;
mod reseat;

use std::sync::Arc;

use kube::ResourceExt;
use ledger::seats::{SeatKey, seat_at, was_written};
use resources::{DployOwner, DployTemplate, IdentityKind, identity_label};

pub(crate) use self::{
    bind::key_to_bind,
    claimant::{Claimant, record},
};
use self::{
    bind::{inherits_older, possible_keys},
    identity::{person, team},
};
use crate::{
    Caller, Refusal,
    cluster::Writes,
    ports::{Ports, Reads},
};

/// An owner whose key is bound to an identity of the caller.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Owner {
    /// The owner key.
    pub(crate) key: String,
    /// The label of the owner's identity.
    pub(crate) identity: String,
    /// Whether the owner is a team.
    pub(crate) shared: bool,
}

impl Owner {
    pub(crate) fn of(record: &DployOwner) -> Self {
        let identity = &record.spec.identity;
        let shared = identity.kind == IdentityKind::Team;
        Self { key: record.name_any(), identity: identity_label(identity), shared }
    }
}

/// The owners that the caller may act for, as far as the cache knows: the person first, then teams.
pub(crate) fn owners_of(reads: &Reads, caller: &Caller) -> Vec<Owner> {
    let person = Some(person(caller)).filter(|it| !it.value.is_empty());
    let teams = claims::all_values(&caller.claims);
    let teams = teams.into_iter().map(|(claim, value)| team(caller, &claim, &value));
    let identities = person.into_iter().chain(teams);
    identities.filter_map(|it| reads.cache.owner_of(&it)).map(|it| Owner::of(&it)).collect()
}

/// Finds owners. It creates the record of an owner at its first use, and completes a record that
/// lost its ledger. It writes nothing else.
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
    /// its first use, if the launch of somebody without environments `is_allowed`. The launch may
    /// take its first seat on the cached record: a live list has found no environment that a record
    /// without a ledger lacks.
    pub(crate) async fn for_launch(
        &self,
        caller: &Caller,
        template: &DployTemplate,
        is_allowed: impl FnOnce() -> Result<(), Refusal>,
    ) -> Result<Owner, Refusal> {
        let claimant = Claimant::of(caller, &template.spec.owner_claim)?;
        let record = match self.reads.cache.owner_of(&claimant.identity) {
            Some(record) => record,
            None => match is_allowed() {
                Err(refusal) if !self.inherits(&claimant) => {
                    self.known(&claimant).await?.ok_or(refusal)?
                }
                Ok(()) | Err(_) => return self.bind(&claimant).await,
            },
        };
        if !was_written(&record) || self.lacks_seats(&record) {
            self.reseat(&record).await?;
        }
        Ok(Owner::of(&record))
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
        self.inherit(caller).await?;
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

    fn seems_to_have(&self, owner: &Owner, key: &SeatKey) -> bool {
        let record = self.reads.cache.owners.get(&owner.key);
        record.is_some_and(|record| seat_at(&record, key).is_some())
            || self.reads.cache.owned_by(owner).iter().any(|it| key.covers(it))
    }

    /// The owner that this identity is bound to, or that it is bound to now because it inherits
    /// instances.
    async fn known_or_inherited(&self, claimant: &Claimant) -> Result<Option<Owner>, Refusal> {
        match self.known(claimant).await? {
            Some(record) => Ok(Some(Owner::of(&record))),
            None if inherits_older(self.reads, claimant) => self.bind(claimant).await.map(Some),
            None => Ok(None),
        }
    }

    /// The record of the claimant's identity. The cache may lack one that another replica has just
    /// created, under one of the keys that the claimant can get.
    async fn known(&self, claimant: &Claimant) -> Result<Option<Arc<DployOwner>>, Refusal> {
        let cached = || self.reads.cache.owner_of(&claimant.identity);
        if let Some(record) = cached() {
            return Ok(Some(record));
        }
        let names = claimant.keys();
        for key in possible_keys(self.reads, claimant) {
            if self.is_out_of_reach(&names, &key) {
                continue;
            }
            // The read fills the cache.
            self.reads.live.owner(&key).await?;
            if let Some(record) = cached() {
                return Ok(Some(record));
            }
        }
        Ok(None)
    }

    /// Whether the cache shows that nobody was given this key of `names`: 16 digits are only for
    /// the case that the key with eight is taken, and 32 for the next. Saves live reads.
    fn is_out_of_reach(&self, names: &[String], key: &str) -> bool {
        let before = names.windows(2).skip(1).find(|pair| pair[1] == key);
        before.is_some_and(|pair| self.reads.cache.owners.get(&pair[0]).is_none())
    }
}
