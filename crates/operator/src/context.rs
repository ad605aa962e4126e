use clock::SharedClock;
use kube::{
    Api, Client, Resource,
    api::{DeleteParams, ObjectMeta, Preconditions},
    core::NamespaceResourceScope,
    runtime::events::{Event, EventType, Recorder, Reporter},
};
use resources::{DployInstance, meta};

use crate::{
    Settings,
    election::Leadership,
    engines::Engines,
    error::{Doing, ReconcileError},
    metrics::{Launches, Metrics},
    mirrors::Mirrors,
    owners::Waiting,
    retries::Retries,
    templates::PoolMemories,
};
use errors::chain;

/// What the controllers of one term in office share.
pub(crate) struct Context {
    pub(crate) client: Client,
    pub(crate) settings: Settings,
    pub(crate) engines: Engines,
    pub(crate) clock: SharedClock,
    pub(crate) mirrors: Mirrors,
    pub(crate) leadership: Leadership,
    pub(crate) retries: Retries,
    pub(crate) pools: PoolMemories,
    pub(crate) waiting: Waiting,
    pub(crate) metrics: Metrics,
    pub(crate) launches: Launches,
    recorder: Recorder,
}

impl Context {
    pub(crate) fn new(
        client: Client,
        settings: Settings,
        engines: Engines,
        clock: SharedClock,
        mirrors: Mirrors,
        leadership: Leadership,
        metrics: Metrics,
    ) -> Self {
        let reporter = Reporter {
            controller: meta::FIELD_MANAGER.into(),
            instance: Some(settings.identity.clone()),
        };
        Self {
            recorder: Recorder::new(client.clone(), reporter),
            client,
            settings,
            engines,
            clock,
            mirrors,
            leadership,
            retries: Retries::default(),
            pools: PoolMemories::default(),
            waiting: Waiting::default(),
            launches: Launches::new(metrics.clone()),
            metrics,
        }
    }

    /// Objects of one of Dploy's namespaced kinds.
    pub(crate) fn api<K>(&self) -> Api<K>
    where
        K: Resource<Scope = NamespaceResourceScope, DynamicType = ()>,
    {
        Api::namespaced(self.client.clone(), &self.settings.namespace)
    }

    /// Publishes an Event. One that is lost is no reason to stop.
    pub(crate) async fn tell<K>(&self, about: &K, type_: EventType, reason: &str, note: &str)
    where
        K: Resource<DynamicType = ()>,
    {
        let event = Event {
            type_,
            reason: reason.into(),
            note: Some(note.chars().take(1000).collect()),
            action: reason.into(),
            secondary: None,
        };
        if let Err(error) = self.recorder.publish(&event, &about.object_ref(&())).await {
            tracing::debug!(reason, "an event was lost: {}", chain(&error));
        }
    }

    /// Deletes an instance on the version that was seen; one that is gone already is fine.
    ///
    /// # Errors
    /// A conflict, when somebody wrote meanwhile.
    pub(crate) async fn delete_instance(&self, seen: &ObjectMeta) -> Result<(), ReconcileError> {
        let params = DeleteParams::default().preconditions(Preconditions {
            resource_version: seen.resource_version.clone(),
            uid: seen.uid.clone(),
        });
        let name = seen.name.as_deref().unwrap_or_default();
        match self.api::<DployInstance>().delete(name, &params).await {
            Err(error) if crate::error::is_not_found(&error) => Ok(()),
            outcome => outcome.map(drop).doing("delete an instance"),
        }
    }
}
