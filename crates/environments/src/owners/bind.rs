//! Binding an owner key to an identity, at the first use of the key or after its record was lost.

use std::sync::Arc;

use ledger::{
    binding::{OlderInstances, keys_to_bind},
    holder::{identity_of, is_of_another_identity},
};
use resources::{DployInstance, DployOwner, identity_label};
use tracing::{info, warn};

use super::{Claimant, Owner, Owners, claimant::record};
use crate::{
    Caller, Refusal,
    contention::Attempts,
    own_effect::{Effect, or_own_effect},
    ports::Reads,
};

impl Owners<'_> {
    /// Takes care of records that were lost, as far as the cache shows their instances: binds the
    /// key of each identity of the caller that has instances but no record, and completes records
    /// that lost their ledger. For the person, instances without the label of an identity count
    /// too if they are inherited by name: they are older than owner records.
    pub(crate) async fn inherit(&self, caller: &Caller) -> Result<(), Refusal> {
        for claimant in Claimant::all(caller) {
            match self.reads.cache.owner_of(&claimant.identity) {
                Some(record) if self.lacks_seats(&record) => self.reseat(&record).await?,
                Some(_) => {}
                None if self.inherits(&claimant) => drop(self.bind(&claimant).await?),
                None => {}
            }
        }
        Ok(())
    }

    pub(super) fn inherits(&self, claimant: &Claimant) -> bool {
        !self.reads.cache.launched_by(&claimant.identity).is_empty()
            || (claimant.is_person() && inherits_older(self.reads, claimant))
    }

    /// Binds a key to the claimant's identity, and gives the environments under it their seats
    /// back.
    pub(super) async fn bind(&self, claimant: &Claimant) -> Result<Owner, Refusal> {
        let possible = possible_keys(self.reads, claimant);
        self.reads.live.instances_of(possible.iter().map(String::as_str)).await?;
        for key in keys(self.reads, claimant) {
            let Some(record) = self.bind_to(claimant, &key).await? else { continue };
            if self.lacks_seats(&record) {
                self.reseat(&record).await?;
            }
            return Ok(Owner::of(&record));
        }
        Err(Refusal::Contended)
    }

    /// `None` when the key is bound to another identity.
    async fn bind_to(&self, claimant: &Claimant, key: &str) -> Result<Option<DployOwner>, Refusal> {
        let mut attempts = Attempts::of(&self.reads.world);
        loop {
            let created = self.writes.create_owner(&record(key, &claimant.identity)).await;
            if created.is_ok() {
                self.log_binding(key);
            }
            let bound =
                async { Ok(self.reads.live.owner(key).await?.map_or(Effect::Open, Effect::Own)) };
            if let Some(record) = or_own_effect(created, bound).await? {
                return Ok((record.spec.identity == claimant.identity).then_some(record));
            }
            // An admin has deleted the record since.
            attempts.again().await?;
        }
    }

    /// A key with older instances went to somebody who proved no more than a name.
    fn log_binding(&self, key: &str) {
        let instances = self.reads.cache.with_key(key);
        let older = instances.iter().filter(|it| identity_of(it).is_none()).count();
        if older > 0 && self.reads.older_instances() == OlderInstances::AreInherited {
            warn!(owner = key, older, "an owner inherited environments of an older Dploy by name");
        } else {
            info!(owner = key, "bound an owner key");
        }
    }
}

/// The key that a claimant without a record gets, as far as the cache knows.
pub(crate) fn key_to_bind(reads: &Reads, claimant: &Claimant) -> String {
    let free = keys(reads, claimant).into_iter().find(|key| reads.cache.owners.get(key).is_none());
    free.or_else(|| claimant.keys().pop()).unwrap_or_default()
}

/// Whether older instances are inherited by name, the key that an older Dploy gave to the claimant
/// is free, and only instances without the label of an identity carry it.
pub(super) fn inherits_older(reads: &Reads, claimant: &Claimant) -> bool {
    let key = claimant.older_key();
    let instances = reads.cache.with_key(&key);
    let label = identity_label(&claimant.identity);
    reads.older_instances() == OlderInstances::AreInherited
        && reads.cache.owners.get(&key).is_none()
        && instances.iter().any(|it| identity_of(it).is_none())
        && !instances.iter().any(|it| is_of_another_identity(it, &label))
}

/// The keys that the claimant may bind, the best first.
fn keys(reads: &Reads, claimant: &Claimant) -> Vec<String> {
    let possible = possible_keys(reads, claimant);
    let instances: Vec<Arc<DployInstance>> =
        possible.iter().flat_map(|key| reads.cache.with_key(key)).collect();
    let label = identity_label(&claimant.identity);
    let mut names = claimant.keys();
    if inherits_older(reads, claimant) {
        names.insert(0, claimant.older_key());
    }
    let instances = instances.iter().map(AsRef::as_ref);
    keys_to_bind(&names, &label, reads.older_instances(), instances)
}

/// The keys of the claimant's name, and of the instances that the claimant launched or may inherit.
pub(super) fn possible_keys(reads: &Reads, claimant: &Claimant) -> Vec<String> {
    let launched = reads.cache.launched_by(&claimant.identity);
    let older =
        (reads.older_instances() == OlderInstances::AreInherited).then(|| claimant.older_key());
    let mut keys = claimant.keys();
    for key in launched.iter().map(|it| it.spec.owner.clone()).chain(older) {
        if !key.is_empty() && !keys.contains(&key) {
            keys.push(key);
        }
    }
    keys
}
