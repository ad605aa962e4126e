//! The kinds that the cluster serves: their paths and scopes.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use kube::{
    Api, Client,
    api::{ApiResource, DynamicObject},
    core::GroupVersionKind,
    discovery::{self, Scope},
    error::DiscoveryError,
};
use resources::ObjectAddress;
use thiserror::Error;

use super::object::gvk;
use crate::api_error::is_not_found;

/// A kind as the cluster serves it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Served {
    pub(super) resource: ApiResource,
    pub(super) namespaced: bool,
}

/// Why the path and scope of a kind are unknown.
#[derive(Debug, Error)]
pub(super) enum Unknown {
    /// The cluster has no such kind.
    #[error("this cluster has no kind {} in {}", .0.kind, .0.api_version())]
    NotServed(GroupVersionKind),
    /// The API server refused the call, or did not answer.
    #[error("the API server did not list its kinds")]
    Discovery(#[source] kube::Error),
}

/// A cache of served kinds, by group, version and kind.
pub(super) struct Kinds {
    client: Client,
    known: Mutex<HashMap<GroupVersionKind, Served>>,
}

impl Kinds {
    pub(super) fn new(client: Client) -> Self {
        Self { client, known: Mutex::default() }
    }

    /// How the cluster serves the kind of `object`. Discovered once.
    pub(super) async fn served(&self, object: &ObjectAddress) -> Result<Served, Unknown> {
        let gvk = gvk(object);
        if let Some(served) = self.known().get(&gvk) {
            return Ok(served.clone());
        }
        let (resource, capabilities) = match discovery::pinned_kind(&self.client, &gvk).await {
            Ok(found) => found,
            Err(error) if is_not_served(&error) => return Err(Unknown::NotServed(gvk)),
            Err(error) => return Err(Unknown::Discovery(error)),
        };
        let served = Served { resource, namespaced: capabilities.scope == Scope::Namespaced };
        self.known().insert(gvk, served.clone());
        Ok(served)
    }

    /// Drops the kind of `object` from the cache: its definition may have changed.
    pub(super) fn forget(&self, object: &ObjectAddress) {
        self.known().remove(&gvk(object));
    }

    /// The API through which `object` is reached.
    pub(super) async fn api(&self, object: &ObjectAddress) -> Result<Api<DynamicObject>, Unknown> {
        let Served { resource, .. } = self.served(object).await?;
        Ok(match &object.namespace {
            Some(namespace) => Api::namespaced_with(self.client.clone(), namespace, &resource),
            None => Api::all_with(self.client.clone(), &resource),
        })
    }

    fn known(&self) -> MutexGuard<'_, HashMap<GroupVersionKind, Served>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn is_not_served(error: &kube::Error) -> bool {
    matches!(error, kube::Error::Discovery(DiscoveryError::MissingKind(_))) || is_not_found(error)
}
