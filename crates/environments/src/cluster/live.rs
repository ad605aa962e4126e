//! Live reads: calls to the API server that change nothing.

use std::sync::Arc;

use kube::{Api, Client, api::ListParams};
use resources::{DployInstance, DployOwner, DployTemplate, meta};

use super::{call::call, error::ClusterError};
use crate::cache::Cache;

/// Reads from the API server itself.
#[derive(Debug)]
pub(crate) struct Live {
    templates: Api<DployTemplate>,
    instances: Api<DployInstance>,
    owners: Api<DployOwner>,
    cache: Arc<Cache>,
}

impl Live {
    pub(crate) fn new(client: &Client, namespace: &str, cache: Arc<Cache>) -> Self {
        Self {
            templates: Api::namespaced(client.clone(), namespace),
            instances: Api::namespaced(client.clone(), namespace),
            owners: Api::namespaced(client.clone(), namespace),
            cache,
        }
    }

    /// Checks that the API server lists templates.
    pub(crate) async fn ping(&self) -> Result<(), ClusterError> {
        let one = ListParams::default().limit(1);
        call("list templates", self.templates.list_metadata(&one)).await.map(drop)
    }

    /// The template of this name.
    pub(crate) async fn template(&self, name: &str) -> Result<Option<DployTemplate>, ClusterError> {
        if !is_object_name(name) {
            return Ok(None);
        }
        let found = call("read a template", self.templates.get_opt(name)).await?;
        match &found {
            Some(template) => self.cache.templates.note(template),
            None => self.cache.templates.forget(name),
        }
        Ok(found)
    }

    /// The owner record of this name.
    pub(crate) async fn owner(&self, key: &str) -> Result<Option<DployOwner>, ClusterError> {
        let found = call("read an owner record", self.owners.get_opt(key)).await?;
        match &found {
            Some(owner) => self.cache.owners.note(owner),
            None => self.cache.owners.forget(key),
        }
        Ok(found)
    }

    /// Reads the owner records with this value of the identity label into the cache.
    pub(crate) async fn owners_labelled(&self, hash: &str) -> Result<(), ClusterError> {
        let labelled = ListParams::default().labels(&format!("{}={hash}", meta::IDENTITY));
        let found = call("list owner records", self.owners.list(&labelled)).await?;
        found.iter().for_each(|owner| self.cache.owners.note(owner));
        Ok(())
    }

    /// The instance of this name.
    pub(crate) async fn instance(&self, name: &str) -> Result<Option<DployInstance>, ClusterError> {
        let found = call("read an instance", self.instances.get_opt(name)).await?;
        match &found {
            Some(instance) => self.cache.instances.note(instance),
            None => self.cache.instances.forget(name),
        }
        Ok(found)
    }
}

/// Whether the API server can have an object of this name. No other name is worth a call.
fn is_object_name(name: &str) -> bool {
    (1..=253).contains(&name.len())
        && name.bytes().all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.'))
}
