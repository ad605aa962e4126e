//! Engine `argocd`: a workload is an Application that Argo CD syncs into the environment's
//! namespace.
//!
//! Applications are placed in the namespace that `OperatorConfig.spec.argocd` names. The engine
//! needs the rights to get, list, watch, patch, create and delete them there, and no others. An
//! Application has the name of the environment's namespace, the labels `dploy.dev/managed` and
//! `dploy.dev/instance`, and the digest of its draft.

mod draft;
mod health;

use std::{
    collections::HashMap,
    fmt,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use async_trait::async_trait;
use futures::stream::BoxStream;
use kube::{Api, Client, ResourceExt, api::DynamicObject};
use resources::{ArgocdSettings, OperatorConfig, OrderRef, WorkloadState, label, meta};
use tokio::time::Instant;

use super::{
    Draft, DraftError, Engine, EngineError, Order, Withdrawal,
    state::State,
    upstream::{DRAFT, Deletion, Kind, Upstream, Wording, found, key_of, value_of, with_digest},
    watches::Watches,
};

const APPLICATION: Kind =
    Kind { group: "argoproj.io", version: "v1alpha1", name: "Application", plural: "applications" };

/// How long a deletion may make no progress before the Application is touched.
const DELETION_NUDGE_PAUSE: Duration = Duration::from_secs(10);

const ARGO_CD: Wording =
    Wording { name: "Argo CD", remover: "application controller", removed: "deleted" };

/// Engine `argocd`.
pub struct ArgocdEngine {
    client: Client,
    upstream: Upstream,
    watches: Watches,
    /// When each pending deletion was observed first or touched last, by instance.
    pending: Mutex<HashMap<String, Instant>>,
}

impl ArgocdEngine {
    /// The engine for the client's cluster. Argo CD may be installed later.
    #[must_use]
    pub fn new(client: Client) -> Self {
        let upstream = Upstream::new(client.clone(), ARGO_CD);
        let watches = Watches::new(client.clone());
        Self { upstream, watches, client, pending: Mutex::default() }
    }

    /// The order's Application, in the namespace that the OperatorConfig names.
    async fn find(&self, order: &OrderRef) -> Result<Option<DynamicObject>, EngineError> {
        let home = self.settings().await?.namespace;
        let found = self.upstream.get(APPLICATION, &home, &order.namespace).await?;
        let instance = label(&order.instance);
        Ok(found.filter(|it| it.labels().get(meta::INSTANCE) == Some(&instance)))
    }

    /// Ends a running sync, as `argocd app terminate-op` does. Argo CD deletes nothing while a sync
    /// runs, and retries a failed sync for minutes.
    async fn end_sync(&self, found: &DynamicObject) -> Result<(), EngineError> {
        if let Some(change) = health::end_of_sync(&value_of(found)?) {
            // If somebody wrote the Application meanwhile, the next withdrawal decides again.
            self.upstream.merge(APPLICATION, found, change).await?;
        }
        Ok(())
    }

    /// Touches an Application whose deletion makes no progress. Argo CD writes the result of a
    /// comparison over what its watch reported, so that it can miss a deletion until the
    /// Application changes again.
    async fn nudge(&self, order: &OrderRef, found: &DynamicObject) -> Result<(), EngineError> {
        if self.is_nudge_due(order) {
            self.upstream.merge(APPLICATION, found, health::touch(&value_of(found)?)).await?;
        }
        Ok(())
    }

    fn is_nudge_due(&self, order: &OrderRef) -> bool {
        let mut pending = self.pending();
        let since = pending.entry(order.instance.clone()).or_insert_with(Instant::now);
        let is_due = since.elapsed() >= DELETION_NUDGE_PAUSE;
        if is_due {
            *since = Instant::now();
        }
        is_due
    }

    fn pending(&self) -> MutexGuard<'_, HashMap<String, Instant>> {
        self.pending.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn still_going(&self, application: &DynamicObject) -> Result<Withdrawal, EngineError> {
        let obstacle = health::obstacle(&value_of(application)?);
        Ok(self.upstream.still_going(APPLICATION, application, obstacle))
    }

    async fn settings(&self) -> Result<ArgocdSettings, EngineError> {
        let configs: Api<OperatorConfig> = Api::all(self.client.clone());
        let config = found(configs.get(meta::CONFIG_NAME).await);
        let config =
            config.map_err(|cause| EngineError::world("read the OperatorConfig", cause))?;
        Ok(config.map(|it| it.spec.argocd).unwrap_or_default())
    }

    fn follow(&self, order: &OrderRef, namespace: &str) {
        self.watches.follow(order);
        self.watches.watch_in(namespace, APPLICATION.resource());
    }
}

impl fmt::Debug for ArgocdEngine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ArgocdEngine").finish_non_exhaustive()
    }
}

#[async_trait]
impl Engine for ArgocdEngine {
    fn draft(&self, order: &Order) -> Result<Draft, DraftError> {
        draft::draft(order)
    }

    async fn place(&self, draft: Draft) -> Result<(), EngineError> {
        let digest = draft.digest();
        for document in &draft.documents {
            self.upstream.apply(APPLICATION, &with_digest(document, &digest)).await?;
        }
        self.follow(&draft.order.reference, &draft.order.config.argocd.namespace);
        Ok(())
    }

    async fn observe(&self, order: &OrderRef) -> Result<WorkloadState, EngineError> {
        let Some(found) = self.find(order).await? else { return Ok(WorkloadState::absent()) };
        let (namespace, name) = key_of(&found);
        self.follow(order, namespace);
        let State { health, reason, message } = health::of(&value_of(&found)?);
        let placed = found.annotations().get(DRAFT).cloned();
        let engine_ref = Some(format!("Application {namespace}/{name}"));
        Ok(WorkloadState { placed, health, reason, message, engine_ref })
    }

    async fn withdraw(&self, order: &OrderRef) -> Result<Withdrawal, EngineError> {
        if let Some(found) = self.find(order).await? {
            if found.metadata.deletion_timestamp.is_some() {
                self.end_sync(&found).await?;
                self.nudge(order, &found).await?;
                return self.still_going(&found);
            }
            if self.upstream.delete(APPLICATION, &found, false).await? != Deletion::Gone {
                return self.still_going(&found);
            }
        }
        self.pending().remove(&order.instance);
        self.watches.unfollow(order);
        Ok(Withdrawal::Done)
    }

    fn changes(&self) -> BoxStream<'static, OrderRef> {
        self.watches.changes()
    }

    async fn close(&self) {
        self.watches.end();
    }
}
