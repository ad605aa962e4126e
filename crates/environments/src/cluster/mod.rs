//! The calls to the API server. Every answer is taken into the cache, so that this replica reads what it wrote; every
//! write names the version it was decided on.

mod error;

use std::{future::Future, sync::Arc, time::Duration};

use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use kube::{
    Api, Client, ResourceExt,
    api::{DeleteParams, ListParams, Patch, PatchParams, PostParams},
    core::params::Preconditions,
};
use resources::{DployInstance, DployOwner, DployTemplate, Seat, meta};
use serde_json::{Value, json};
use tokio::time::timeout;

pub(crate) use self::error::ClusterError;
use crate::cache::Cache;

/// How long one call may take before the cluster counts as not answering.
const PATIENCE: Duration = Duration::from_secs(10);

/// The API server, seen from one replica.
#[derive(Debug)]
pub(crate) struct Cluster {
    templates: Api<DployTemplate>,
    instances: Api<DployInstance>,
    owners: Api<DployOwner>,
    cache: Arc<Cache>,
}

impl Cluster {
    pub(crate) fn new(client: &Client, namespace: &str, cache: Arc<Cache>) -> Self {
        Self {
            templates: Api::namespaced(client.clone(), namespace),
            instances: Api::namespaced(client.clone(), namespace),
            owners: Api::namespaced(client.clone(), namespace),
            cache,
        }
    }

    /// Whether templates can really be listed.
    pub(crate) async fn ping(&self) -> Result<(), ClusterError> {
        let one = ListParams::default().limit(1);
        call("list templates", self.templates.list_metadata(&one)).await.map(drop)
    }

    /// The template of this name, read live.
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

    /// The owner record of this name, read live.
    pub(crate) async fn owner(&self, key: &str) -> Result<Option<DployOwner>, ClusterError> {
        let found = call("read an owner's record", self.owners.get_opt(key)).await?;
        match &found {
            Some(owner) => self.cache.owners.note(owner),
            None => self.cache.owners.forget(key),
        }
        Ok(found)
    }

    /// The owner records with this value of the identity label, read live.
    pub(crate) async fn owners_labelled(&self, hash: &str) -> Result<(), ClusterError> {
        let labelled = ListParams::default().labels(&format!("{}={hash}", meta::IDENTITY));
        let found = call("look for an owner's record", self.owners.list(&labelled)).await?;
        found.iter().for_each(|owner| self.cache.owners.note(owner));
        Ok(())
    }

    /// Creates an owner's record.
    pub(crate) async fn create_owner(
        &self,
        owner: &DployOwner,
    ) -> Result<DployOwner, ClusterError> {
        let created = call("create an owner's record", self.owners.create(&post(), owner)).await?;
        self.cache.owners.note(&created);
        Ok(created)
    }

    /// Replaces the seats of a record, if it is still the version that `record` is.
    pub(crate) async fn write_seats(
        &self,
        record: &DployOwner,
        seats: &[Seat],
    ) -> Result<DployOwner, ClusterError> {
        let patch =
            json!({ "metadata": version_of(&record.metadata), "status": { "seats": seats } });
        let (name, patch, by_us) = (record.name_any(), Patch::Merge(patch), by_us());
        let write = self.owners.patch_status(&name, &by_us, &patch);
        let written = call("write an owner's seats", write).await?;
        self.cache.owners.note(&written);
        Ok(written)
    }

    /// The instance of this name, read live.
    pub(crate) async fn instance(&self, name: &str) -> Result<Option<DployInstance>, ClusterError> {
        let found = call("read an instance", self.instances.get_opt(name)).await?;
        match &found {
            Some(instance) => self.cache.instances.note(instance),
            None => self.cache.instances.forget(name),
        }
        Ok(found)
    }

    /// Creates an instance.
    pub(crate) async fn create(
        &self,
        instance: &DployInstance,
    ) -> Result<DployInstance, ClusterError> {
        let created = call("create an instance", self.instances.create(&post(), instance)).await?;
        self.cache.instances.note(&created);
        Ok(created)
    }

    /// Merges `patch` into the instance, if it is still the version that `seen` is.
    pub(crate) async fn patch(
        &self,
        seen: &DployInstance,
        mut patch: Value,
    ) -> Result<DployInstance, ClusterError> {
        for (field, value) in version_of(&seen.metadata).as_object().into_iter().flatten() {
            patch["metadata"][field] = value.clone();
        }
        let (name, patch, by_us) = (seen.name_any(), Patch::Merge(patch), by_us());
        let write = self.instances.patch(&name, &by_us, &patch);
        let patched = call("change an instance", write).await?;
        self.cache.instances.note(&patched);
        Ok(patched)
    }

    /// Deletes the instance, if it is still the version that `seen` is. [`ClusterError::Gone`] when it is not there any more.
    pub(crate) async fn delete(&self, seen: &DployInstance) -> Result<(), ClusterError> {
        let exactly = DeleteParams::default().preconditions(Preconditions {
            resource_version: seen.resource_version(),
            uid: seen.uid(),
        });
        let name = seen.name_any();
        let answer = call("delete an instance", self.instances.delete(&name, &exactly)).await?;
        match answer.left() {
            Some(leaving) if leaving.metadata.deletion_timestamp.is_some() => {
                self.cache.instances.note(&leaving);
            }
            _ => self.cache.instances.forget(&name),
        }
        Ok(())
    }
}

async fn call<T>(
    operation: &'static str,
    request: impl Future<Output = kube::Result<T>> + Send,
) -> Result<T, ClusterError> {
    let answer = timeout(PATIENCE, request).await;
    answer
        .map_err(|late| ClusterError::Unreachable { operation, cause: Box::new(late) })?
        .map_err(|cause| ClusterError::new(operation, cause))
}

/// Whether the API server could have an object of this name; others need not be asked for.
fn is_object_name(name: &str) -> bool {
    (1..=253).contains(&name.len())
        && name.bytes().all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.'))
}

fn version_of(meta: &ObjectMeta) -> Value {
    json!({ "resourceVersion": meta.resource_version, "uid": meta.uid })
}

fn post() -> PostParams {
    PostParams { field_manager: Some(meta::FIELD_MANAGER.to_owned()), ..PostParams::default() }
}

fn by_us() -> PatchParams {
    PatchParams { field_manager: Some(meta::FIELD_MANAGER.to_owned()), ..PatchParams::default() }
}
