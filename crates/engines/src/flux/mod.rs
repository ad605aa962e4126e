//! Engine `flux`: a workload is a Helm release that Flux installs into the environment's namespace.
//!
//! HelmReleases and their sources are placed in the namespace that `OperatorConfig.spec.flux`
//! names. A release has the name of the environment's namespace, the labels of
//! [`OrderRef::labels`], the label `dploy.dev/source`, and the digest of its draft. If the status
//! does not say where a release stands, the engine lists releases in all namespaces, so that it
//! finds one after an edit of the setting.
//!
//! The engine needs the rights to get, list, watch, patch, create and delete HelmReleases and
//! sources, and to get HelmCharts.

mod draft;
mod health;
mod kinds;
mod pruning;
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
    upstream::{
        DRAFT, Deletion, Upstream, Wording, home_of, key_of, selector, value_of, with_digest,
    },
    watches::Watches,
};
use kinds::{HELM_CHART, HELM_RELEASE, source_kind};
use pruning::Pruning;

const FLUX: Wording = Wording { name: "Flux", remover: "helm-controller", removed: "uninstalled" };

/// Engine `flux`.
pub struct FluxEngine {
    upstream: Upstream,
    watches: Watches,
    pruning: Pruning,
}

impl FluxEngine {
    /// The engine for the client's cluster. Flux may be installed later.
    #[must_use]
    pub fn new(client: Client) -> Self {
        let upstream = Upstream::new(client.clone(), FLUX);
        let pruning = Pruning::new(upstream.clone());
        Self { upstream, watches: Watches::new(client), pruning }
    }

    /// The order's release. A terminating release comes last.
    async fn find(&self, order: &OrderRef) -> Result<Option<DynamicObject>, EngineError> {
        if let Some(home) = home_of(order, HELM_RELEASE)
            && let Some(found) = self.upstream.get_of(HELM_RELEASE, home, order).await?
        {
            return Ok(Some(found));
        }
        let mut found = self.releases(order).await?;
        found.sort_by_key(|it| it.metadata.deletion_timestamp.is_some());
        Ok(found.into_iter().next())
    }

    /// The order's releases that a withdrawal has to remove. Without a list if it is known where
    /// the release stands: an end of many environments would list those of all for each of them.
    async fn standing(&self, order: &OrderRef) -> Result<Vec<DynamicObject>, EngineError> {
        match home_of(order, HELM_RELEASE) {
            Some(home) => {
                let found = self.upstream.get_of(HELM_RELEASE, home, order).await?;
                Ok(found.into_iter().collect())
            }
            None => self.releases(order).await,
        }
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

    async fn apply_sources(&self, sources: &[Value]) -> Result<(), EngineError> {
        for document in sources {
            let kind = document.get("kind").and_then(Value::as_str).and_then(source_kind);
            self.upstream.apply(kind.unwrap_or(HELM_RELEASE), document).await?;
        }
        Ok(())
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

fn state(found: &DynamicObject, sources: &Sources) -> Result<WorkloadState, EngineError> {
    let State { health, reason, message } = health::of(&value_of(found)?, &sources.found);
    let placed = found.annotations().get(DRAFT).filter(|_| !sources.missing).cloned();
    let (namespace, name) = key_of(found);
    let engine_ref = Some(format!("HelmRelease {namespace}/{name}"));
    Ok(WorkloadState { placed, health, reason, message, engine_ref, record: None })
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

    async fn place(&self, draft: Draft) -> Result<WorkloadState, EngineError> {
        let order = &draft.order.reference;
        let Some((release, sources)) = draft.documents.split_last() else {
            return Ok(WorkloadState::absent());
        };
        let home = &draft.order.config.flux.namespace;
        self.delete_elsewhere(order, home).await?;
        self.follow(order);
        self.apply_sources(sources).await?;
        let release = with_digest(release, &draft.digest());
        let release = self.upstream.apply(HELM_RELEASE, &release).await?;
        self.apply_sources(sources).await?;
        state(&release, &Sources { missing: false, found: Vec::new() })
    }

    async fn observe(&self, order: &OrderRef) -> Result<WorkloadState, EngineError> {
        let Some(found) = self.find(order).await? else { return Ok(WorkloadState::absent()) };
        self.follow(order);
        let sources = self.sources(&value_of(&found)?).await?;
        state(&found, &sources)
    }

    async fn withdraw(&self, order: &OrderRef) -> Result<Withdrawal, EngineError> {
        for found in self.standing(order).await? {
            if found.metadata.deletion_timestamp.is_none()
                && self.upstream.delete(HELM_RELEASE, &found, false).await? == Deletion::Gone
            {
                continue;
            }
            return self.still_going(&found);
        }
        self.pruning.request();
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
        self.pruning.end();
        self.watches.end();
    }
}
