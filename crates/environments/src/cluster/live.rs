//! Live reads: calls to the API server that change nothing.

use std::sync::Arc;

use kube::{Api, Client, api::ListParams, core::DeserializeGuard};
use resources::{DployInstance, DployOwner, DployTemplate, meta};

use super::{
    call::call,
    error::ClusterError,
    memory::{Answered, Missing},
};
use crate::cache::Cache;

/// Reads from the API server itself.
#[derive(Debug)]
pub(crate) struct Live {
    templates: Api<DployTemplate>,
    instances: Api<DployInstance>,
    guarded_instances: Api<DeserializeGuard<DployInstance>>,
    owners: Api<DployOwner>,
    cache: Arc<Cache>,
    missing_templates: Missing,
    answered: Answered,
}

impl Live {
    pub(crate) fn new(client: &Client, namespace: &str, cache: Arc<Cache>) -> Self {
        Self {
            templates: Api::namespaced(client.clone(), namespace),
            instances: Api::namespaced(client.clone(), namespace),
            guarded_instances: Api::namespaced(client.clone(), namespace),
            owners: Api::namespaced(client.clone(), namespace),
            cache,
            missing_templates: Missing::default(),
            answered: Answered::default(),
        }
    }

    /// Checks that the API server lists templates, or did so a moment ago.
    pub(crate) async fn ping(&self) -> Result<(), ClusterError> {
        let one = ListParams::default().limit(1);
        let list = call("list templates", self.templates.list_metadata(&one));
        self.answered.or_ask(async { list.await.map(drop) }).await
    }

    /// The template of this name. An unknown name is asked for once a second.
    pub(crate) async fn template(&self, name: &str) -> Result<Option<DployTemplate>, ClusterError> {
        if !is_object_name(name) || self.missing_templates.contains(name) {
            return Ok(None);
        }
        let seen = self.cache.templates.get(name);
        let found = call("read a template", self.templates.get_opt(name)).await?;
        match &found {
            Some(template) => self.cache.templates.note(template),
            None => {
                self.missing_templates.insert(name);
                seen.iter().for_each(|it| self.cache.templates.forget(it));
            }
        }
        Ok(found)
    }

    /// The owner record of this name.
    pub(crate) async fn owner(&self, key: &str) -> Result<Option<DployOwner>, ClusterError> {
        let seen = self.cache.owners.get(key);
        let found = call("read an owner record", self.owners.get_opt(key)).await?;
        match &found {
            Some(owner) => self.cache.owners.note(owner),
            None => seen.iter().for_each(|it| self.cache.owners.forget(it)),
        }
        Ok(found)
    }

    /// Reads the instances with these owner keys into the cache. An instance that cannot be
    /// deserialized is skipped, as by the watch.
    pub(crate) async fn instances_of<'a>(
        &self,
        keys: impl IntoIterator<Item = &'a str> + Send,
    ) -> Result<(), ClusterError> {
        let keys: Vec<&str> = keys.into_iter().collect();
        let labelled =
            ListParams::default().labels(&format!("{} in ({})", meta::OWNER, keys.join(",")));
        let found = call("list instances", self.guarded_instances.list(&labelled)).await?;
        let readable = found.iter().filter_map(|guarded| guarded.0.as_ref().ok());
        readable.for_each(|instance| self.cache.instances.note(instance));
        Ok(())
    }

    /// The instance of this name.
    pub(crate) async fn instance(&self, name: &str) -> Result<Option<DployInstance>, ClusterError> {
        let seen = self.cache.instances.get(name);
        let found = call("read an instance", self.instances.get_opt(name)).await?;
        match &found {
            Some(instance) => self.cache.instances.note(instance),
            None => seen.iter().for_each(|it| self.cache.instances.forget(it)),
        }
        Ok(found)
    }
}

/// Whether the API server can have an object of this name. No other name is worth a call.
fn is_object_name(name: &str) -> bool {
    (1..=253).contains(&name.len())
        && name.bytes().all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.'))
}
