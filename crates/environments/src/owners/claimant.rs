//! A claimant: an identity of the caller and the name from which its owner key is made.

use std::collections::BTreeMap;

use kube::api::ObjectMeta;
use resources::{DployOwner, DployOwnerSpec, Identity, meta, names::owner_key};

use super::{
    claims,
    identity::{fingerprint, person, team},
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
        Ok(Self { identity: team(owner_claim, &value), name: value })
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
        Ok(Self { identity: person(&caller.subject), name: name.clone() })
    }

    /// The owner key, before any suffix.
    pub(crate) fn key(&self) -> String {
        owner_key(&self.name, &self.identity)
    }

    /// The record that binds `key` to this identity.
    pub(super) fn record(&self, key: &str) -> DployOwner {
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
