//! The write port. Every write names the version of the object that it was decided on, except a
//! create, which fails when the name is taken.

use std::sync::Arc;

use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use kube::{
    Api, Client, ResourceExt,
    api::{DeleteParams, Patch, PatchParams, PostParams},
    core::params::Preconditions,
};
use resources::{DployInstance, DployOwner, Seat, meta};
use serde_json::{Value, json};

use super::{call::call, error::ClusterError};
use crate::cache::Cache;

/// Writes to the API server.
#[derive(Debug)]
pub(crate) struct Writes {
    instances: Api<DployInstance>,
    owners: Api<DployOwner>,
    cache: Arc<Cache>,
}

impl Writes {
    pub(crate) fn new(client: &Client, namespace: &str, cache: Arc<Cache>) -> Self {
        Self {
            instances: Api::namespaced(client.clone(), namespace),
            owners: Api::namespaced(client.clone(), namespace),
            cache,
        }
    }

    /// Creates an owner record.
    pub(crate) async fn create_owner(
        &self,
        owner: &DployOwner,
    ) -> Result<DployOwner, ClusterError> {
        let created = call("create an owner record", self.owners.create(&post(), owner)).await?;
        self.cache.owners.note(&created);
        Ok(created)
    }

    /// Replaces the seats of a record on exactly the version of `record`.
    pub(crate) async fn seats(
        &self,
        record: &DployOwner,
        seats: &[Seat],
    ) -> Result<DployOwner, ClusterError> {
        let patch =
            json!({ "metadata": version_of(&record.metadata), "status": { "seats": seats } });
        let (name, patch, params) = (record.name_any(), Patch::Merge(patch), patch_params());
        let write = self.owners.patch_status(&name, &params, &patch);
        let written = call("write an owner's seats", write).await?;
        self.cache.owners.note(&written);
        Ok(written)
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

    /// Merges `patch` into the instance on exactly the version of `seen`.
    pub(crate) async fn patch(
        &self,
        seen: &DployInstance,
        mut patch: Value,
    ) -> Result<DployInstance, ClusterError> {
        for (field, value) in version_of(&seen.metadata).as_object().into_iter().flatten() {
            patch["metadata"][field] = value.clone();
        }
        let (name, patch, params) = (seen.name_any(), Patch::Merge(patch), patch_params());
        let write = self.instances.patch(&name, &params, &patch);
        let patched = call("patch an instance", write).await?;
        self.cache.instances.note(&patched);
        Ok(patched)
    }

    /// Deletes the instance on exactly the version of `seen`.
    ///
    /// # Errors
    /// [`ClusterError::Gone`] when the instance does not exist.
    pub(crate) async fn delete(&self, seen: &DployInstance) -> Result<(), ClusterError> {
        let exactly = DeleteParams::default().preconditions(Preconditions {
            resource_version: seen.resource_version(),
            uid: seen.uid(),
        });
        let name = seen.name_any();
        let answer = call("delete an instance", self.instances.delete(&name, &exactly)).await?;
        match answer.left() {
            Some(deleting) if deleting.metadata.deletion_timestamp.is_some() => {
                self.cache.instances.note(&deleting);
            }
            _ => self.cache.instances.forget(seen),
        }
        Ok(())
    }
}

fn version_of(meta: &ObjectMeta) -> Value {
    json!({ "resourceVersion": meta.resource_version, "uid": meta.uid })
}

fn post() -> PostParams {
    PostParams { field_manager: Some(meta::FIELD_MANAGER.to_owned()), ..PostParams::default() }
}

fn patch_params() -> PatchParams {
    PatchParams { field_manager: Some(meta::FIELD_MANAGER.to_owned()), ..PatchParams::default() }
}
