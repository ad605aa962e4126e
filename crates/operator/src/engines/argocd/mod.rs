//! Engine `argocd`: a workload is an Application that Argo CD syncs into the environment's namespace.
//!
//! Applications stand in the namespace that `OperatorConfig.spec.argocd` names, and only there are rights needed: to get, list,
//! watch, patch, create and delete them. An Application bears the name of the environment's namespace, the labels
//! `dploy.dev/managed` and `dploy.dev/instance`, and the digest of its draft.

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
use resources::{ArgocdSettings, OperatorConfig, label, meta};
use tokio::time::Instant;

use super::{
    Draft, DraftError, Engine, EngineError, Look, Order, OrderRef, Withdrawal,
    state::State,
    upstream::{DRAFT, Deletion, Kind, Program, Upstream, found, place_of, value_of, with_digest},
    watches::Watches,
};

const APPLICATION: Kind =
    Kind { group: "argoproj.io", version: "v1alpha1", name: "Application", plural: "applications" };

/// How long Argo CD may take for a deletion before it is asked again.
const OVERLOOKED: Duration = Duration::from_secs(10);

const ARGO_CD: Program =
    Program { name: "Argo CD", remover: "application controller", removed: "deleted" };

/// Engine `argocd`.
pub struct ArgocdEngine {
    client: Client,
    upstream: Upstream,
    watches: Watches,
    /// Since when each deletion shows no progress, by instance.
    waiting: Mutex<HashMap<String, Instant>>,
}

impl ArgocdEngine {
    /// The engine at work in the client's cluster, whether Argo CD is there already or not.
    #[must_use]
    pub fn new(client: Client) -> Self {
        let upstream = Upstream::new(client.clone(), ARGO_CD);
        let watches = Watches::new(client.clone());
        Self { upstream, watches, client, waiting: Mutex::default() }
    }

    /// The order's Application, where the cluster's settings say that Applications stand.
    async fn find(&self, order: &OrderRef) -> Result<Option<DynamicObject>, EngineError> {
        let home = self.settings().await?.namespace;
        let found = self.upstream.get(APPLICATION, &home, &order.namespace).await?;
        let ours = label(&order.instance);
        Ok(found.filter(|it| it.labels().get(meta::INSTANCE) == Some(&ours)))
    }

    /// Ends a sync that is under way, as `argocd app terminate-op` does: Argo CD deletes nothing before it has ended, and one that
    /// fails is tried again for minutes.
    async fn end_sync(&self, found: &DynamicObject) -> Result<(), EngineError> {
        if let Some(change) = health::end_of_sync(&value_of(found)?) {
            // Where somebody wrote it meanwhile, the next look decides again.
            self.upstream.change(APPLICATION, found, change).await?;
        }
        Ok(())
    }

    /// Touches an Application whose deletion has not moved for a while. Argo CD writes what it has compared back over what its watch
    /// has told it, so that it can overlook a deletion until the Application changes again.
    async fn wake(&self, order: &OrderRef, found: &DynamicObject) -> Result<(), EngineError> {
        if self.has_waited(order) {
            self.upstream.change(APPLICATION, found, health::touch(&value_of(found)?)).await?;
        }
        Ok(())
    }

    fn has_waited(&self, order: &OrderRef) -> bool {
        let mut waiting = self.waiting();
        let since = waiting.entry(order.instance.clone()).or_insert_with(Instant::now);
        let has_waited = since.elapsed() >= OVERLOOKED;
        if has_waited {
            *since = Instant::now();
        }
        has_waited
    }

    fn waiting(&self) -> MutexGuard<'_, HashMap<String, Instant>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
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

    async fn look(&self, order: &OrderRef) -> Result<Look, EngineError> {
        let Some(found) = self.find(order).await? else { return Ok(Look::nothing()) };
        let (namespace, name) = place_of(&found);
        self.follow(order, namespace);
        let State { health, reason, message } = health::of(&value_of(&found)?);
        let placed = found.annotations().get(DRAFT).cloned();
        let engine_ref = Some(format!("Application {namespace}/{name}"));
        Ok(Look { placed, health, reason, message, engine_ref })
    }

    async fn withdraw(&self, order: &OrderRef) -> Result<Withdrawal, EngineError> {
        if let Some(found) = self.find(order).await? {
            if found.metadata.deletion_timestamp.is_some() {
                self.end_sync(&found).await?;
                self.wake(order, &found).await?;
                return self.still_going(&found);
            }
            if self.upstream.delete(APPLICATION, &found, false).await? != Deletion::Gone {
                return self.still_going(&found);
            }
        }
        self.waiting().remove(&order.instance);
        self.watches.leave(order);
        Ok(Withdrawal::Done)
    }

    fn changes(&self) -> BoxStream<'static, OrderRef> {
        self.watches.changes()
    }

    async fn close(&self) {
        self.watches.end();
    }
}
