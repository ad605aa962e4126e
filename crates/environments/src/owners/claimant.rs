//! A claimant: an identity of the caller and the name from which its owner key is made.

use std::collections::BTreeMap;

use kube::api::ObjectMeta;
use resources::{
    DployOwner, DployOwnerSpec, Identity, IdentityKind, identity_label, meta,
    names::{owner_keys, plain_owner_key},
};

use super::{
    claims,
    identity::{person, team},
};
use crate::{Caller, Refusal};

/// An identity of the caller and the name from which its owner key is made.
#[derive(Debug, Clone)]
pub(crate) struct Claimant {
    pub(crate) identity: Identity,
    pub(crate) name: String,
}

impl Claimant {
    /// The owner of what the caller launches from a template with this `ownerClaim`.
    ///
    /// # Errors
    /// [`Refusal::NoOwnerClaim`]
    pub(super) fn of(caller: &Caller, owner_claim: &str) -> Result<Self, Refusal> {
        if owner_claim.is_empty() {
            return Self::person(caller);
        }
        let value = claims::first_value(&caller.claims, owner_claim)
            .ok_or_else(|| Refusal::NoOwnerClaim(owner_claim.to_owned()))?;
        Ok(Self { identity: team(caller, owner_claim, &value), name: value })
    }

    /// The caller as a person.
    ///
    /// # Errors
    /// [`Refusal::NoOwnerClaim`]
    pub(crate) fn person(caller: &Caller) -> Result<Self, Refusal> {
        let name = caller.username.as_ref().filter(|name| !name.trim().is_empty());
        let name = name.ok_or_else(|| Refusal::NoOwnerClaim(caller.username_claim.clone()))?;
        if caller.subject.is_empty() {
            return Err(Refusal::NoOwnerClaim("sub".to_owned()));
        }
        Ok(Self { identity: person(caller), name: name.clone() })
    }

    /// Everybody that the caller may act for: the person, then the teams.
    pub(super) fn all(caller: &Caller) -> Vec<Self> {
        let teams = claims::all_values(&caller.claims).into_iter();
        let teams = teams
            .map(|(claim, value)| Self { identity: team(caller, &claim, &value), name: value });
        Self::person(caller).ok().into_iter().chain(teams).collect()
    }

    /// Whether this is the caller as a person.
    pub(super) const fn is_person(&self) -> bool {
        matches!(self.identity.kind, IdentityKind::Person)
    }

    /// The owner keys of the name, the best first. Each is for the case that other identities have
    /// those before it.
    pub(super) fn keys(&self) -> Vec<String> {
        owner_keys(&self.name, &self.identity)
    }

    /// The owner key that an older Dploy gave to the name.
    pub(super) fn older_key(&self) -> String {
        plain_owner_key(&self.name)
    }
}

/// The record that binds `key` to an identity.
pub(crate) fn record(key: &str, identity: &Identity) -> DployOwner {
    let labels = BTreeMap::from([
        (meta::MANAGED.to_owned(), meta::TRUE.to_owned()),
        (meta::IDENTITY.to_owned(), identity_label(identity)),
    ]);
    DployOwner {
        metadata: ObjectMeta {
            name: Some(key.to_owned()),
            labels: Some(labels),
            ..ObjectMeta::default()
        },
        spec: DployOwnerSpec { identity: identity.clone(), max_instances: None },
        status: None,
    }
}
