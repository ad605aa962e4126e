//! The view of a step that writes. Every write first checks that this replica still leads, and
//! names the version that it was decided on.

use std::fmt::Debug;

use clock::World;
use engines::{Draft, Withdrawal, api_error::is_not_found};
use k8s_openapi::api::{
    apps::v1::ControllerRevision,
    coordination::v1::Lease,
    core::v1::{Namespace, ObjectReference},
};
use kube::{
    Api, Resource, ResourceExt,
    api::{
        ApiResource, DeleteParams, DynamicObject, ObjectMeta, Patch, PatchParams, PostParams,
        Preconditions,
    },
    core::NamespaceResourceScope,
    runtime::events::{Event, EventType},
};
use resources::{DployInstance, EngineName, OrderRef, Placed, Reason, WorkloadState, meta};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

use super::{Context, PoolMemories, Reads, ServedPlaces};
use crate::{
    election,
    error::{Operation, ReconcileError},
    metrics::Launches,
    mirrors::{Fingerprint, Guarded, Mirrors, print},
    settled::Settled,
};
use errors::chain;

/// The longest note of an Event that the API server accepts, in characters.
const MAX_NOTE_LENGTH: usize = 1000;

/// Writes.
#[derive(Clone, Copy)]
pub(crate) struct Writes<'a>(pub(super) &'a Context);

impl<'a> Writes<'a> {
    /// The view that only reads.
    pub(crate) const fn reads(self) -> Reads<'a> {
        Reads(self.0)
    }

    /// The cache.
    pub(crate) const fn mirrors(self) -> &'a Mirrors {
        &self.0.mirrors
    }

    pub(crate) const fn pools(self) -> &'a PoolMemories {
        &self.0.pools
    }

    pub(crate) const fn served(self) -> &'a ServedPlaces {
        &self.0.served
    }

    pub(crate) fn settled(self) -> &'a Settled {
        &self.0.settled
    }

    pub(crate) const fn launches(self) -> &'a Launches {
        &self.0.launches
    }

    /// The source of randomness.
    pub(crate) const fn world(self) -> &'a World {
        &self.0.world
    }

    pub(crate) fn now(self) -> jiff::Timestamp {
        self.0.now()
    }

    /// Creates an instance.
    pub(crate) async fn create_instance(
        self,
        instance: &DployInstance,
        operation: &'static str,
    ) -> Result<(), ReconcileError> {
        self.0.check_leadership()?;
        let created = self.0.api().create(&post_params(), instance).await;
        created.map(drop).operation(operation)
    }

    /// Creates the revision of a template.
    pub(crate) async fn create_revision(
        self,
        revision: &ControllerRevision,
    ) -> Result<(), ReconcileError> {
        self.0.check_leadership()?;
        let created = self.0.api().create(&post_params(), revision).await;
        created.map(drop).operation("create the revision of a template")
    }

    /// Deletes the revision of a template. One that is gone already is fine.
    pub(crate) async fn delete_revision(self, name: &str) -> Result<(), ReconcileError> {
        self.0.check_leadership()?;
        match self.0.api::<ControllerRevision>().delete(name, &DeleteParams::default()).await {
            Err(error) if is_not_found(&error) => Ok(()),
            outcome => outcome.map(drop).operation("delete an unused revision"),
        }
    }

    /// Deletes an instance on the version that was observed. An instance that is gone already is
    /// fine.
    pub(crate) async fn delete_instance(self, seen: &ObjectMeta) -> Result<(), ReconcileError> {
        self.0.check_leadership()?;
        let params = DeleteParams::default().preconditions(Preconditions {
            resource_version: seen.resource_version.clone(),
            uid: seen.uid.clone(),
        });
        let name = seen.name.as_deref().unwrap_or_default();
        match self.0.api::<DployInstance>().delete(name, &params).await {
            Err(error) if is_not_found(&error) => Ok(()),
            outcome => outcome.map(drop).operation("delete an instance"),
        }
    }

    /// Merges a change into an instance. The answer is metadata only, which can be read even if the
    /// instance cannot.
    pub(crate) async fn patch_instance(
        self,
        name: &str,
        change: Value,
    ) -> Result<(), ReconcileError> {
        self.0.check_leadership()?;
        let api = self.0.api::<DployInstance>();
        let patched = api.patch_metadata(name, &patch_params(), &Patch::Merge(change)).await;
        patched.map(drop).own_write("update the instance")
    }

    /// Merges a change into an instance that can be read, and returns what is written.
    pub(crate) async fn patch_whole_instance(
        self,
        name: &str,
        change: Value,
    ) -> Result<DployInstance, ReconcileError> {
        self.0.check_leadership()?;
        let api = self.0.api::<DployInstance>();
        let patched = api.patch(name, &patch_params(), &Patch::Merge(change)).await;
        patched.own_write("update the instance")
    }

    /// Replaces the status of an object on the version that it was read at. Returns the new
    /// version.
    pub(crate) async fn replace_status<K>(
        self,
        object: &K,
        operation: &'static str,
    ) -> Result<Option<String>, ReconcileError>
    where
        K: Resource<Scope = NamespaceResourceScope, DynamicType = ()>
            + Clone
            + Debug
            + Serialize
            + DeserializeOwned,
    {
        self.0.check_leadership()?;
        let api = self.0.api::<K>();
        let written = api.replace_status(&object.name_any(), &post_params(), object).await;
        written.map(|it| it.resource_version()).own_write(operation)
    }

    /// Merges a change into the status of an object that does not fit its type.
    pub(crate) async fn patch_untyped_status<K>(
        self,
        name: &str,
        change: Value,
    ) -> Result<(), ReconcileError>
    where
        K: Resource<DynamicType = ()>,
    {
        self.0.check_leadership()?;
        let kind = ApiResource::erase::<K>(&());
        let (client, namespace) = (self.0.client.clone(), &self.0.settings.namespace);
        let api = Api::<DynamicObject>::namespaced_with(client, namespace, &kind);
        let written = api.patch_status(name, &patch_params(), &Patch::Merge(change)).await;
        written.map(drop).own_write("write the condition of a malformed object")
    }

    /// Creates a namespace.
    pub(crate) async fn create_namespace(
        self,
        namespace: &Namespace,
    ) -> Result<(), ReconcileError> {
        self.0.check_leadership()?;
        let namespaces: Api<Namespace> = Api::all(self.0.client.clone());
        let created = namespaces.create(&PostParams::default(), namespace).await;
        created.map(drop).operation("create the namespace")
    }

    /// Deletes the namespace of that name if `is_deletable` says so of the live object, and of no
    /// object that replaces it meanwhile. Returns the namespace while it still exists; `None` when
    /// it is gone or was not to be deleted.
    pub(crate) async fn delete_namespace(
        self,
        name: &str,
        is_deletable: impl Fn(&Namespace) -> bool,
    ) -> Result<Option<Namespace>, ReconcileError> {
        self.0.check_leadership()?;
        let namespaces: Api<Namespace> = Api::all(self.0.client.clone());
        let found = namespaces.get_opt(name).await.operation("read the namespace")?;
        let Some(found) = found.filter(is_deletable) else { return Ok(None) };
        if found.metadata.deletion_timestamp.is_some() {
            return Ok(Some(found));
        }
        let uid = Preconditions { uid: found.uid(), ..Preconditions::default() };
        let params = DeleteParams::background().preconditions(uid);
        match namespaces.delete(name, &params).await {
            Err(error) if is_not_found(&error) => Ok(None),
            outcome => Ok(outcome.operation("delete the namespace")?.left()),
        }
    }

    /// Applies a guard rail in a workload's namespace, if there is one. Returns its print.
    pub(crate) async fn apply_guard<K>(
        self,
        namespace: &str,
        object: Option<K>,
        operation: &'static str,
    ) -> Result<Option<String>, ReconcileError>
    where
        K: Resource<Scope = NamespaceResourceScope, DynamicType = ()>
            + Clone
            + Debug
            + Serialize
            + DeserializeOwned,
    {
        let Some(object) = object else { return Ok(None) };
        self.0.check_leadership()?;
        let client = self.0.client.clone();
        let api: Api<Guarded<Fingerprint<K>>> = Api::namespaced(client, namespace);
        let params = PatchParams::apply(meta::FIELD_MANAGER).force();
        let applied = api.patch(&object.name_any(), &params, &Patch::Apply(&object)).await;
        applied.map(|guard| print(&guard)).operation(operation)
    }

    /// Records that the guard rails of the instance were put back.
    pub(crate) fn guards_mended(self, instance: &DployInstance) {
        self.0.damaged_guards.mended(&instance.name_any());
    }

    /// Lets an engine place a draft. `None`: this operator does not have the engine.
    pub(crate) async fn place(
        self,
        engine: EngineName,
        draft: Draft,
    ) -> Result<Option<WorkloadState>, ReconcileError> {
        self.0.check_leadership()?;
        let Some(engine) = self.0.engines.get(engine) else { return Ok(None) };
        Ok(Some(engine.place(draft).await?))
    }

    /// Lets an engine withdraw a workload.
    pub(crate) async fn withdraw(
        self,
        engine: EngineName,
        order: &OrderRef,
    ) -> Result<Withdrawal, ReconcileError> {
        self.0.check_leadership()?;
        let Some(engine) = self.0.engines.get(engine) else { return Ok(Withdrawal::Done) };
        Ok(engine.withdraw(order).await?)
    }

    /// Lets an engine discard what it listed.
    pub(crate) async fn discard(
        self,
        engine: EngineName,
        leftover: &Placed,
    ) -> Result<(), ReconcileError> {
        self.0.check_leadership()?;
        let Some(engine) = self.0.engines.get(engine) else { return Ok(()) };
        Ok(engine.discard(leftover).await?)
    }

    /// Counts a deleted leftover, and publishes an Event about the operator's Lease. Neither the
    /// leftover nor its instance will exist when somebody looks.
    pub(crate) async fn report_leftover(self, leftover: &Placed) {
        self.0.metrics.leftover_deleted(&leftover.kind);
        let Placed { api_version, kind, namespace, name, uid, instance, .. } = leftover;
        let of = match instance {
            Some(instance) => format!("of instance {instance}, which does not exist"),
            None => "which nothing uses".to_owned(),
        };
        let place = if namespace.is_empty() { String::new() } else { format!("{namespace}/") };
        let message = format!("Deleted {kind} {place}{name} {of}.");
        let event = planner::Event { is_warning: true, reason: Reason::LeftoverDeleted, message };
        let some = |text: &str| Some(text.to_owned()).filter(|it| !it.is_empty());
        let related = ObjectReference {
            api_version: some(api_version),
            kind: some(kind),
            namespace: some(namespace),
            name: some(name),
            uid: some(uid),
            ..ObjectReference::default()
        };
        let mut lease = Lease::default();
        lease.metadata.name = Some(election::NAME.into());
        lease.metadata.namespace = Some(self.0.settings.namespace.clone());
        self.record(lease.object_ref(&()), Some(related), event).await;
    }

    /// Publishes an Event about an object. A lost Event is only logged.
    pub(crate) async fn publish<K>(self, about: &K, event: planner::Event)
    where
        K: Resource<DynamicType = ()>,
    {
        self.record(about.object_ref(&()), None, event).await;
    }

    async fn record(
        self,
        about: ObjectReference,
        secondary: Option<ObjectReference>,
        event: planner::Event,
    ) {
        let planner::Event { is_warning, reason, message } = event;
        let event = Event {
            type_: if is_warning { EventType::Warning } else { EventType::Normal },
            reason: reason.as_str().into(),
            note: Some(message.chars().take(MAX_NOTE_LENGTH).collect()),
            action: reason.as_str().into(),
            secondary,
        };
        if let Err(error) = self.0.recorder.publish(&event, &about).await {
            tracing::debug!(%reason, "could not publish an Event: {}", chain(&error));
        }
    }
}

fn post_params() -> PostParams {
    PostParams { field_manager: Some(meta::FIELD_MANAGER.into()), ..PostParams::default() }
}

fn patch_params() -> PatchParams {
    PatchParams { field_manager: Some(meta::FIELD_MANAGER.into()), ..PatchParams::default() }
}
