//! Engine `argocd`: a workload is an Application that Argo CD syncs into the environment's
//! namespace.
//!
//! Applications are placed in the namespace that `OperatorConfig.spec.argocd` names, and stay there
//! after an edit of that setting. The engine needs the rights to get, list, watch, patch, create
//! and delete them there, and no others. An Application has the name of the environment's
//! namespace, the labels of [`OrderRef::labels`], and the digest of its draft.

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
use resources::{
    ArgocdSettings, OperatorConfig, OperatorConfigSpec, OrderRef, Placed, WorkloadState, meta,
};
use tokio::time::Instant;

use super::{
    Draft, DraftError, Engine, EngineError, Order, Withdrawal,
    state::State,
    upstream::{
        DRAFT, Deletion, Kind, Upstream, Wording, found, home_of, key_of, value_of, with_digest,
    },
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

    /// The order's Application. Where the Application stood last counts before the setting, which
    /// may have changed since.
    async fn find(&self, order: &OrderRef) -> Result<Option<DynamicObject>, EngineError> {
        if let Some(standing) = home_of(order, APPLICATION)
            && let Some(found) = self.upstream.get_of(APPLICATION, standing, order).await?
        {
            return Ok(Some(found));
        }
        let home = self.settings().await?.namespace;
        self.upstream.get_of(APPLICATION, &home, order).await
    }

    /// The namespace in which to place the order's Application. One that stands already stays
    /// there after an edit of the setting: a move would delete what it has synced.
    async fn home(&self, order: &Order) -> Result<String, EngineError> {
        let setting = &order.config.argocd.namespace;
        let standing = home_of(&order.reference, APPLICATION).filter(|it| it != setting);
        if let Some(standing) = standing
            && self.upstream.get_of(APPLICATION, standing, &order.reference).await?.is_some()
        {
            return Ok(standing.to_owned());
        }
        Ok(setting.clone())
    }

    /// Requests the deletion of an Application, and pushes one that is pending.
    async fn delete(
        &self,
        found: &DynamicObject,
        is_nudge_due: bool,
    ) -> Result<Withdrawal, EngineError> {
        if found.metadata.deletion_timestamp.is_some() {
            self.end_sync(found).await?;
            if is_nudge_due {
                self.nudge(found).await?;
            }
            return self.still_going(found);
        }
        match self.upstream.delete(APPLICATION, found, false).await? {
            Deletion::Gone => Ok(Withdrawal::Done),
            Deletion::Terminating | Deletion::Conflict => self.still_going(found),
        }
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
    async fn nudge(&self, found: &DynamicObject) -> Result<(), EngineError> {
        self.upstream.merge(APPLICATION, found, health::touch(&value_of(found)?)).await?;
        Ok(())
    }

    /// Whether the order's pending deletion has made no progress for a while.
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

fn state(found: &DynamicObject) -> Result<WorkloadState, EngineError> {
    let State { health, reason, message } = health::of(&value_of(found)?);
    let placed = found.annotations().get(DRAFT).cloned();
    let (namespace, name) = key_of(found);
    let engine_ref = Some(format!("{} {namespace}/{name}", APPLICATION.name));
    Ok(WorkloadState { placed, health, reason, message, engine_ref, record: None })
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

    async fn place(&self, draft: Draft) -> Result<WorkloadState, EngineError> {
        let (digest, home) = (draft.digest(), self.home(&draft.order).await?);
        self.follow(&draft.order.reference, &home);
        let mut placed = WorkloadState::absent();
        for document in &draft.documents {
            let mut document = with_digest(document, &digest);
            document["metadata"]["namespace"] = home.as_str().into();
            placed = state(&self.upstream.apply(APPLICATION, &document).await?)?;
        }
        Ok(placed)
    }

    async fn observe(&self, order: &OrderRef) -> Result<WorkloadState, EngineError> {
        let Some(found) = self.find(order).await? else { return Ok(WorkloadState::absent()) };
        self.follow(order, key_of(&found).0);
        state(&found)
    }

    async fn withdraw(&self, order: &OrderRef) -> Result<Withdrawal, EngineError> {
        // An older Dploy may have left a second one behind when the setting changed.
        while let Some(found) = self.find(order).await? {
            let is_nudge_due =
                found.metadata.deletion_timestamp.is_some() && self.is_nudge_due(order);
            let withdrawal = self.delete(&found, is_nudge_due).await?;
            if withdrawal != Withdrawal::Done {
                return Ok(withdrawal);
            }
        }
        self.pending().remove(&order.instance);
        self.watches.unfollow(order);
        Ok(Withdrawal::Done)
    }

    /// Only in the namespace that the setting names: the engine has no rights in others.
    async fn list(
        &self,
        installation: &str,
        config: &OperatorConfigSpec,
    ) -> Result<Vec<Placed>, EngineError> {
        let home = Some(config.argocd.namespace.as_str());
        self.upstream.list_placed(APPLICATION, home, installation).await
    }

    async fn discard(&self, leftover: &Placed) -> Result<(), EngineError> {
        if let Some(found) = self.upstream.get_listed(APPLICATION, leftover).await? {
            self.delete(&found, true).await?;
        }
        Ok(())
    }

    fn changes(&self) -> BoxStream<'static, OrderRef> {
        self.watches.changes()
    }

    async fn close(&self) {
        self.watches.end();
    }
}
