//! Who owns what: from a caller to the owner records that are theirs.

mod claims;
mod identity;

use std::collections::BTreeMap;

use kube::{ResourceExt, api::ObjectMeta};
use resources::names::{owner_key, suffixed_owner_key};
use resources::{DployOwner, DployOwnerSpec, DployTemplate, Identity, IdentityKind, meta};
use tracing::info;
use wire::Me;

use self::identity::{fingerprint, person, team};
use crate::{Caller, Refusal, cluster::ClusterError, room::Room};

/// An owner whose key is bound to the identity that the caller has proved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Owner {
    /// The owner key.
    pub(crate) key: String,
    /// Whether it is a team.
    pub(crate) shared: bool,
}

impl Owner {
    fn of(record: &DployOwner) -> Self {
        let shared = record.spec.identity.kind == IdentityKind::Team;
        Self { key: record.name_any(), shared }
    }
}

/// An identity, and the name from which its key would be made.
#[derive(Debug, Clone)]
struct Claimant {
    identity: Identity,
    name: String,
}

impl Claimant {
    /// Whoever would own an environment of a template with this `ownerClaim`.
    fn of(caller: &Caller, owner_claim: &str) -> Result<Self, Refusal> {
        if owner_claim.is_empty() {
            return Self::person(caller);
        }
        let value = claims::first_value(&caller.claims, owner_claim)
            .ok_or_else(|| Refusal::NoOwnerClaim(owner_claim.to_owned()))?;
        Ok(Self { identity: team(owner_claim, &value), name: value })
    }

    fn person(caller: &Caller) -> Result<Self, Refusal> {
        let name = caller.username.as_ref().filter(|name| !name.trim().is_empty());
        let name = name.ok_or_else(|| Refusal::NoOwnerClaim(caller.username_claim.clone()))?;
        if caller.subject.is_empty() {
            return Err(Refusal::NoOwnerClaim("sub".to_owned()));
        }
        Ok(Self { identity: person(&caller.subject), name: name.clone() })
    }

    fn key(&self) -> String {
        owner_key(&self.name, &self.identity)
    }

    /// The record that binds `key` to this identity.
    fn record(&self, key: &str) -> DployOwner {
        let labels = BTreeMap::from([
            (meta::MANAGED.to_owned(), meta::TRUE.to_owned()),
            (meta::IDENTITY.to_owned(), fingerprint(&self.identity)),
        ]);
        DployOwner {
            metadata: ObjectMeta {
                name: Some(key.to_owned()),
                labels: Some(labels),
                ..ObjectMeta::default()
            },
            spec: DployOwnerSpec { identity: self.identity.clone(), max_instances: None },
            status: None,
        }
    }
}

impl Room {
    /// The owner of what the caller launches from `template`; binds their key at its first use.
    pub(crate) async fn owner_for(
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

    /// The owners that the caller may act for, as far as this replica's cache knows: the person first, then teams.
    pub(crate) fn owners_of(&self, caller: &Caller) -> Vec<Owner> {
        let person = Some(person(&caller.subject)).filter(|it| !it.value.is_empty());
        let teams = claims::all_values(&caller.claims);
        let teams = teams.into_iter().map(|(claim, value)| team(&claim, &value));
        let records = person.into_iter().chain(teams);
        records.filter_map(|it| self.cache.owner_of(&it)).map(|it| Owner::of(&it)).collect()
    }

    /// The owners among whom the caller's environment of `template` is to be looked for, the likeliest first. Asks the API
    /// server where the cache does not know whoever would own one launched now.
    pub(crate) async fn holders_of(
        &self,
        caller: &Caller,
        template: &str,
    ) -> Result<Vec<Owner>, Refusal> {
        let owner_claim = self
            .cache
            .templates
            .get(template)
            .map(|template| template.spec.owner_claim.clone())
            .unwrap_or_default();
        let mut owners = self.owners_of(caller);
        let likeliest = match Claimant::of(caller, &owner_claim) {
            Ok(claimant) => self.known_or_inherited(&claimant).await?,
            Err(_) => None,
        };
        if let Some(likeliest) = likeliest {
            owners.retain(|owner| *owner != likeliest);
            owners.insert(0, likeliest);
        }
        owners.sort_by_key(|owner| !self.seems_to_hold(owner, template));
        Ok(owners)
    }

    /// Who the caller is to the rules.
    pub(crate) async fn me(&self, caller: &Caller) -> Result<Me, Refusal> {
        self.filled().await?;
        let claimant = Claimant::person(caller)?;
        let owner = match self.cache.owner_of(&claimant.identity) {
            Some(record) => record.name_any(),
            None if self.cache.owners.get(&claimant.key()).is_some() => {
                suffixed_owner_key(&claimant.key(), &claimant.identity)
            }
            None => claimant.key(),
        };
        Ok(Me { username: claimant.name, owner, admin: caller.admin })
    }

    /// Binds the person's key if there are environments under it from before there were records: the list is a use too.
    pub(crate) async fn inherit(&self, caller: &Caller) -> Result<(), Refusal> {
        match Claimant::person(caller) {
            Ok(claimant) if self.cache.owner_of(&claimant.identity).is_none() => {
                self.inherited(&claimant).await.map(drop)
            }
            _ => Ok(()),
        }
    }

    fn seems_to_hold(&self, owner: &Owner, template: &str) -> bool {
        let seated = self.cache.owners.get(&owner.key).and_then(|it| it.status.clone());
        seated.unwrap_or_default().seats.iter().any(|seat| seat.template == template)
            || self.cache.owned_by(&owner.key).iter().any(|it| it.spec.template_ref == template)
    }

    async fn known_or_inherited(&self, claimant: &Claimant) -> Result<Option<Owner>, Refusal> {
        match self.known(&claimant.identity).await? {
            Some(owner) => Ok(Some(owner)),
            None => self.inherited(claimant).await,
        }
    }

    /// The owner that this identity is bound to already.
    async fn known(&self, identity: &Identity) -> Result<Option<Owner>, Refusal> {
        if let Some(record) = self.cache.owner_of(identity) {
            return Ok(Some(Owner::of(&record)));
        }
        self.cluster.owners_labelled(&fingerprint(identity)).await?;
        Ok(self.cache.owner_of(identity).map(|record| Owner::of(&record)))
    }

    async fn inherited(&self, claimant: &Claimant) -> Result<Option<Owner>, Refusal> {
        let key = claimant.key();
        let is_free = self.cache.owners.get(&key).is_none();
        if !is_free || self.cache.owned_by(&key).is_empty() {
            return Ok(None);
        }
        self.bind(claimant).await.map(Some)
    }

    /// Binds the claimant's key to their identity; the key with its suffix where somebody else was first.
    async fn bind(&self, claimant: &Claimant) -> Result<Owner, Refusal> {
        let key = claimant.key();
        if let Some(owner) = self.bind_to(claimant, &key).await? {
            return Ok(owner);
        }
        let suffixed = suffixed_owner_key(&key, &claimant.identity);
        self.bind_to(claimant, &suffixed).await?.ok_or(Refusal::Contended)
    }

    /// `None` when the key is somebody else's.
    async fn bind_to(&self, claimant: &Claimant, key: &str) -> Result<Option<Owner>, Refusal> {
        let record = match self.cluster.create_owner(&claimant.record(key)).await {
            Ok(created) => {
                info!(owner = key, "bound an owner key at its first use");
                created
            }
            Err(ClusterError::Exists) => {
                self.cluster.owner(key).await?.ok_or(Refusal::Contended)?
            }
            Err(error) => return Err(error.into()),
        };
        let is_theirs = record.spec.identity == claimant.identity;
        Ok(is_theirs.then(|| Owner::of(&record)))
    }
}
