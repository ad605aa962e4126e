//! The view of a step that only reads: the cache, and live reads for what the cache cannot prove.

use std::sync::Arc;

use clock::World;
use engines::{Draft, Engines};
use jiff::Timestamp;
use k8s_openapi::api::core::v1::Namespace;
use kube::{
    Api, Resource, ResourceExt,
    api::{ApiResource, DynamicObject, ListParams, PartialObjectMeta},
};
use ledger::{seats::seat_naming, void::has_void_label};
use resources::{
    DployInstance, DployOwner, DployTemplate, EngineName, ObjectAddress, OperatorConfigSpec,
    OrderRef, Revision, TemplateRevision, WorkloadState, is_shortened, label, meta,
};

use super::{Context, WaitingSeats};
use crate::{
    Settings,
    error::{Operation, ReconcileError},
    mirrors::{Guarded, Mirrors},
    settled::Settled,
};

/// Reads, and nothing else.
#[derive(Clone, Copy)]
pub(crate) struct Reads<'a>(pub(super) &'a Context);

impl<'a> Reads<'a> {
    pub(crate) const fn settings(self) -> &'a Settings {
        &self.0.settings
    }

    /// The cache.
    pub(crate) const fn mirrors(self) -> &'a Mirrors {
        &self.0.mirrors
    }

    /// The spec of the OperatorConfig, if there is one.
    pub(crate) fn config(self) -> Option<Arc<OperatorConfigSpec>> {
        self.0.mirrors.config()
    }

    pub(crate) const fn engines(self) -> &'a Engines {
        &self.0.engines
    }

    pub(crate) fn settled(self) -> &'a Settled {
        &self.0.settled
    }

    pub(crate) const fn waiting_seats(self) -> &'a WaitingSeats {
        &self.0.waiting_seats
    }

    /// The source of randomness.
    pub(crate) const fn world(self) -> &'a World {
        &self.0.world
    }

    pub(crate) fn now(self) -> Timestamp {
        self.0.now()
    }

    /// Asks an engine for the state of a workload. `None`: this operator does not have the engine.
    pub(crate) async fn workload(
        self,
        engine: EngineName,
        order: &OrderRef,
    ) -> Result<Option<WorkloadState>, ReconcileError> {
        let Some(engine) = self.0.engines.get(engine) else { return Ok(None) };
        Ok(Some(engine.observe(order).await?))
    }

    /// The revision of this name. It is read live when the cache does not have it: the watch may
    /// not have reported yet what this operator wrote. `None`: there is none, or it cannot be
    /// read.
    pub(crate) async fn revision(
        self,
        name: &str,
    ) -> Result<Option<Arc<TemplateRevision>>, ReconcileError> {
        let content = |it: &Revision| Arc::clone(&it.data);
        if let Some(cached) = self.0.mirrors.revisions.guarded(name) {
            return Ok(cached.0.as_ref().ok().map(content));
        }
        let found = self.0.api::<Guarded<Revision>>().get_opt(name).await;
        let found = found.operation("read a revision")?;
        Ok(found.and_then(|guarded| guarded.0.as_ref().ok().map(content)))
    }

    /// The objects of a draft that the engine would place outside of the environment's namespace.
    pub(crate) async fn outside(
        self,
        engine: EngineName,
        draft: &Draft,
    ) -> Result<Vec<ObjectAddress>, ReconcileError> {
        let Some(engine) = self.0.engines.get(engine) else { return Ok(Vec::new()) };
        Ok(engine.outside(draft).await?)
    }

    /// Whether the API server has a template of this name.
    pub(crate) async fn template_exists(self, name: &str) -> Result<bool, ReconcileError> {
        let found = self.0.api::<DployTemplate>().get_metadata_opt(name).await;
        Ok(found.operation("read a template")?.is_some())
    }

    /// Whether somebody deleted or edited a guard rail of the instance.
    pub(crate) fn has_damaged_guards(self, instance: &DployInstance) -> bool {
        self.0.damaged_guards.contains(&instance.name_any())
    }

    /// The version of the cached owner record whose seat names the instance of that name.
    pub(crate) fn seated_in(self, instance: &str) -> Option<String> {
        let Mirrors { instances, owners, .. } = self.mirrors();
        let owner = instances.guarded(instance)?.0.as_ref().ok()?.spec.owner.clone();
        let guarded = owners.guarded(&owner)?;
        let record = guarded.0.as_ref().ok()?;
        seat_naming(record, instance)?;
        record.resource_version()
    }

    /// The owner record, read live.
    pub(crate) async fn owner(
        self,
        key: &str,
    ) -> Result<Option<Guarded<DployOwner>>, ReconcileError> {
        let found = self.0.api::<Guarded<DployOwner>>().get_opt(key).await;
        found.operation("read an owner's record")
    }

    /// The instance, read live.
    pub(crate) async fn instance(
        self,
        name: &str,
    ) -> Result<Option<Guarded<DployInstance>>, ReconcileError> {
        let found = self.0.api::<Guarded<DployInstance>>().get_opt(name).await;
        found.operation("read a seat's instance")
    }

    /// The instances with this owner key that can be deserialized, read live.
    pub(crate) async fn instances_of(
        self,
        key: &str,
    ) -> Result<Vec<DployInstance>, ReconcileError> {
        let labelled = ListParams::default().labels(&format!("{}={key}", meta::OWNER));
        let found = self.0.api::<Guarded<DployInstance>>().list(&labelled).await;
        let found = found.operation("list an owner's instances")?;
        Ok(found.into_iter().filter_map(|guarded| guarded.0.ok()).collect())
    }

    /// The metadata of the members of all pools, read live.
    pub(crate) async fn pool_members(
        self,
    ) -> Result<Vec<PartialObjectMeta<DployInstance>>, ReconcileError> {
        let pooled = ListParams::default().labels(&format!("{}={}", meta::POOLED, meta::TRUE));
        let listed = self.0.api::<DployInstance>().list_metadata(&pooled).await;
        Ok(listed.operation("list the members of pools")?.items)
    }

    /// Whether the API server has an instance with this value of label `dploy.dev/instance`.
    /// Terminating and malformed instances exist, too. A void one only takes the name: it never had
    /// a namespace or a workload.
    pub(crate) async fn instance_exists(self, label_value: &str) -> Result<bool, ReconcileError> {
        const OPERATION: &str = "read the instance of a leftover";
        let api = self.0.api::<DployInstance>();
        let is_real = |it: &PartialObjectMeta<DployInstance>| !has_void_label(&it.metadata);
        if !is_shortened(label_value) {
            let found = api.get_metadata_opt(label_value).await;
            return Ok(found.operation(OPERATION)?.as_ref().is_some_and(is_real));
        }
        let all = api.list_metadata(&ListParams::default()).await.operation(OPERATION)?;
        Ok(all.iter().any(|it| label(&it.name_any()) == label_value && is_real(it)))
    }

    /// The metadata of a namespace, read live. The cache has only namespaces with Dploy's label.
    pub(crate) async fn namespace(
        self,
        name: &str,
    ) -> Result<Option<PartialObjectMeta<Namespace>>, ReconcileError> {
        let found = Api::<Namespace>::all(self.0.client.clone()).get_metadata_opt(name).await;
        found.operation("read a namespace")
    }

    /// An object that does not fit its type, read live and untyped.
    pub(crate) async fn untyped<K>(
        self,
        name: &str,
    ) -> Result<Option<DynamicObject>, ReconcileError>
    where
        K: Resource<DynamicType = ()>,
    {
        let kind = ApiResource::erase::<K>(&());
        let (client, namespace) = (self.0.client.clone(), &self.0.settings.namespace);
        let found = Api::<DynamicObject>::namespaced_with(client, namespace, &kind);
        found.get_opt(name).await.operation("read a malformed object")
    }
}
