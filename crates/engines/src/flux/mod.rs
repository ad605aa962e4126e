//! Engine `flux`: a workload is a Helm release that Flux installs into the environment's namespace.
//!
//! HelmReleases and their sources are placed in the namespace that `OperatorConfig.spec.flux`
//! names. A release has the name of the environment's namespace, the labels of
//! [`OrderRef::labels`], the label `dploy.dev/source`, and the digest of its draft. The engine
//! lists releases in all namespaces, so that it finds them after an edit of the setting.
//!
//! The engine needs the rights to get, list, watch, patch, create and delete HelmReleases and
//! sources, and to get HelmCharts.

mod draft;
mod health;
mod kinds;
mod source;
mod sources;

use std::fmt;

use async_trait::async_trait;
use futures::stream::BoxStream;
use kube::{
    Client, ResourceExt,
    api::{DynamicObject, ListParams},
};
use resources::{OperatorConfigSpec, OrderRef, Placed, WorkloadState};
use serde_json::Value;

use super::{
    Draft, DraftError, Engine, EngineError, Order, Withdrawal,
    state::State,
    upstream::{DRAFT, Deletion, Upstream, Wording, key_of, selector, value_of, with_digest},
    watches::Watches,
};
use kinds::{HELM_CHART, HELM_RELEASE, source_kind};

const FLUX: Wording = Wording { name: "Flux", remover: "helm-controller", removed: "uninstalled" };

/// Engine `flux`.
pub struct FluxEngine {
    upstream: Upstream,
    watches: Watches,
}

impl FluxEngine {
    /// The engine for the client's cluster. Flux may be installed later.
    #[must_use]
    pub fn new(client: Client) -> Self {
        Self { upstream: Upstream::new(client.clone(), FLUX), watches: Watches::new(client) }
    }

    /// The order's release. A terminating release comes last.
    async fn find(&self, order: &OrderRef) -> Result<Option<DynamicObject>, EngineError> {
        let mut found = self.releases(order).await?;
        found.sort_by_key(|it| it.metadata.deletion_timestamp.is_some());
        Ok(found.into_iter().next())
    }

    async fn releases(&self, order: &OrderRef) -> Result<Vec<DynamicObject>, EngineError> {
        let name = format!("metadata.name={}", order.namespace);
        let params = ListParams::default().labels(&selector(order)).fields(&name);
        self.upstream.list(HELM_RELEASE, &params).await
    }

    /// Deletes a release in the namespace of an earlier setting. Helm could not distinguish it from
    /// the new one.
    async fn delete_elsewhere(&self, order: &OrderRef, home: &str) -> Result<(), EngineError> {
        for found in self.releases(order).await? {
            let (namespace, name) = key_of(&found);
            if namespace != home {
                self.upstream.delete(HELM_RELEASE, &found, false).await?;
                let operation = format!("move HelmRelease {namespace}/{name} to {home}");
                return Err(EngineError::world(operation, "it is being uninstalled first"));
            }
        }
        Ok(())
    }

    /// The sources of a release: its repository, and the chart that Flux builds from it.
    async fn sources(&self, release: &Value) -> Result<Sources, EngineError> {
        let text = |path: &str| release.pointer(path).and_then(Value::as_str);
        let reference = ["/spec/chartRef", "/spec/chart/spec/sourceRef"]
            .into_iter()
            .find(|path| release.pointer(path).is_some())
            .unwrap_or_default();
        let part = |name: &str| text(&format!("{reference}/{name}")).unwrap_or_default();
        let repository = match source_kind(part("kind")) {
            Some(kind) => self.upstream.get(kind, part("namespace"), part("name")).await?,
            None => None,
        };
        let missing = repository.is_none();
        let chart = match text("/status/helmChart").and_then(|it| it.split_once('/')) {
            Some((namespace, name)) => self.upstream.get(HELM_CHART, namespace, name).await?,
            None => None,
        };
        let found = repository.iter().chain(&chart).map(value_of).collect::<Result<_, _>>()?;
        Ok(Sources { missing, found })
    }

    fn still_going(&self, release: &DynamicObject) -> Result<Withdrawal, EngineError> {
        let obstacle = health::obstacle(&value_of(release)?);
        Ok(self.upstream.still_going(HELM_RELEASE, release, obstacle))
    }

    fn follow(&self, order: &OrderRef) {
        self.watches.follow(order);
        self.watches.watch(HELM_RELEASE.resource());
    }
}

/// The sources of a release.
struct Sources {
    /// Whether the repository does not exist.
    missing: bool,
    found: Vec<Value>,
}

impl fmt::Debug for FluxEngine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FluxEngine").finish_non_exhaustive()
    }
}

#[async_trait]
impl Engine for FluxEngine {
    fn draft(&self, order: &Order) -> Result<Draft, DraftError> {
        draft::draft(order)
    }

    async fn place(&self, draft: Draft) -> Result<(), EngineError> {
        let order = &draft.order.reference;
        let Some((release, sources)) = draft.documents.split_last() else { return Ok(()) };
        let home = &draft.order.config.flux.namespace;
        self.delete_elsewhere(order, home).await?;
        let release = with_digest(release, &draft.digest());
        for document in sources.iter().chain([&release]).chain(sources) {
            let kind = document.get("kind").and_then(Value::as_str).unwrap_or_default();
            self.upstream.apply(source_kind(kind).unwrap_or(HELM_RELEASE), document).await?;
        }
        self.follow(order);
        Ok(())
    }

    async fn observe(&self, order: &OrderRef) -> Result<WorkloadState, EngineError> {
        let Some(found) = self.find(order).await? else { return Ok(WorkloadState::absent()) };
        self.follow(order);
        let release = value_of(&found)?;
        let sources = self.sources(&release).await?;
        let State { health, reason, message } = health::of(&release, &sources.found);
        let digest = found.annotations().get(DRAFT).filter(|_| !sources.missing).cloned();
        let (namespace, name) = key_of(&found);
        let engine_ref = Some(format!("HelmRelease {namespace}/{name}"));
        Ok(WorkloadState { placed: digest, health, reason, message, engine_ref })
    }

    async fn withdraw(&self, order: &OrderRef) -> Result<Withdrawal, EngineError> {
        for found in self.releases(order).await? {
            if found.metadata.deletion_timestamp.is_none()
                && self.upstream.delete(HELM_RELEASE, &found, false).await? == Deletion::Gone
            {
                continue;
            }
            return self.still_going(&found);
        }
        sources::prune(&self.upstream).await?;
        self.watches.unfollow(order);
        Ok(Withdrawal::Done)
    }

    /// Releases, and sources that no release uses.
    async fn list(
        &self,
        installation: &str,
        _: &OperatorConfigSpec,
    ) -> Result<Vec<Placed>, EngineError> {
        let mut listed = self.upstream.list_placed(HELM_RELEASE, None, installation).await?;
        let unused = sources::unused(&self.upstream).await?;
        listed.extend(unused.into_iter().map(|(kind, source)| kind.placed(source.metadata)));
        Ok(listed)
    }

    async fn discard(&self, leftover: &Placed) -> Result<(), EngineError> {
        let source = source_kind(&leftover.kind);
        let kind = source.unwrap_or(HELM_RELEASE);
        let found = self.upstream.get_listed(kind, leftover).await?;
        let Some(found) = found.filter(|it| it.metadata.deletion_timestamp.is_none()) else {
            return Ok(());
        };
        match source {
            Some(kind) => sources::remove(&self.upstream, kind, found).await,
            None => self.upstream.delete(HELM_RELEASE, &found, false).await.map(drop),
        }
    }

    fn changes(&self) -> BoxStream<'static, OrderRef> {
        self.watches.changes()
    }

    async fn close(&self) {
        self.watches.end();
    }
}
