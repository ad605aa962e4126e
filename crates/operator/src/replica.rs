//! One replica of the operator: its cache, its terms as leader, its end.

use std::{fmt, sync::Arc};

use clock::World;
use engines::Engines;
use futures::{FutureExt, future::BoxFuture};
use kube::Client;
use prometheus_client::registry::Registry;
use thiserror::Error;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use crate::{
    Limits, Settings,
    context::Context,
    controller,
    election::{ElectionHealth, Elector, Leadership},
    metrics::Metrics,
    mirrors::Mirrors,
};

/// The operator had to stop.
#[derive(Debug, Error)]
pub enum OperatorError {
    /// A watch ended, which only a defect can cause.
    #[error("the watches of the operator ended")]
    WatchEnded,
    /// The controllers ended, which only a defect can cause.
    #[error("the controllers ended")]
    ControllersEnded,
}

/// One replica of the operator.
pub struct Operator {
    parts: Parts,
    watching: BoxFuture<'static, ()>,
}

/// The parts that outlast a term as leader.
struct Parts {
    client: Client,
    settings: Settings,
    engines: Engines,
    world: World,
    mirrors: Mirrors,
    metrics: Metrics,
    readiness: Readiness,
}

impl fmt::Debug for Operator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Operator").field("settings", &self.parts.settings).finish_non_exhaustive()
    }
}

/// Whether a replica is ready to lead.
#[derive(Debug, Clone)]
pub struct Readiness {
    mirrors: Mirrors,
    election: ElectionHealth,
    limits: Limits,
}

impl Readiness {
    /// Whether the replica could lead: its caches are filled and current, and its calls in the
    /// election are answered. It does not matter which replica leads.
    #[must_use]
    pub fn is_ready(&self) -> bool {
        self.may_lead() && !self.election.has_failed_for(self.limits.election_failure)
    }

    /// Whether the caches are filled and current.
    fn may_lead(&self) -> bool {
        self.mirrors.are_current(self.limits.cache_age)
    }
}

/// Why a term ended.
#[derive(Debug)]
enum EndOfTerm {
    /// Another replica may lead.
    LeaseLost,
    /// The mirror of this kind got no sign of life for too long.
    CacheTooOld(&'static str),
    /// No reconcile of this kind finishes, although some are due.
    Stalled(String),
}

impl Operator {
    /// A replica. It does nothing before [`Operator::run`]. `world`: a clock, or a clock with a
    /// source of randomness.
    #[must_use]
    pub fn new(
        client: Client,
        settings: Settings,
        engines: Engines,
        world: impl Into<World>,
    ) -> Self {
        let limits = settings.limits;
        let (mirrors, watching) = Mirrors::new(&client, &settings.namespace, limits.cache_age);
        let metrics = Metrics::default();
        let world = world.into();
        let election = ElectionHealth::default();
        let readiness = Readiness { mirrors: mirrors.clone(), election, limits };
        let parts = Parts { client, settings, engines, world, mirrors, metrics, readiness };
        Self { parts, watching: watching.boxed() }
    }

    /// Registers the metrics of reconciles, launches and pools.
    pub fn register_metrics(&self, registry: &mut Registry) {
        self.parts.metrics.register(&self.parts.mirrors, registry);
    }

    /// Registers `dploy_cache_age_seconds`.
    pub fn register_cache_ages(&self, registry: &mut Registry) {
        registry.register_collector(Box::new(self.parts.mirrors.ages()));
    }

    /// The readiness of this replica, for a probe.
    #[must_use]
    pub fn readiness(&self) -> Readiness {
        self.parts.readiness.clone()
    }

    /// Runs until `shutdown` is cancelled. A replica that does not lead only fills its cache. If
    /// the API server does not answer, the replica waits for it.
    ///
    /// # Errors
    /// [`OperatorError`] when its tasks end unexpectedly.
    pub async fn run(self, shutdown: CancellationToken) -> Result<(), OperatorError> {
        let Self { parts, watching } = self;
        let elector = parts.elector();
        let outcome = tokio::select! {
            biased;
            () = shutdown.cancelled() => Ok(()),
            error = parts.lead_again_and_again(&elector) => Err(error),
            () = watching => Err(OperatorError::WatchEnded),
        };
        parts.metrics.leads(false);
        elector.resign().await;
        parts.engines.close().await;
        outcome
    }
}

impl Parts {
    fn elector(&self) -> Elector {
        let (client, clock) = (self.client.clone(), self.world.clock.clone());
        Elector::new(client, &self.settings, clock, self.readiness.election.clone())
    }

    async fn lead_again_and_again(&self, elector: &Elector) -> OperatorError {
        // The election looks at the caches only now and then.
        self.mirrors.filled().await;
        loop {
            let leadership = elector.campaign(|| self.readiness.may_lead()).await;
            tracing::info!(replica = self.settings.identity, "leading");
            self.metrics.leads(true);
            let ended = self.lead(elector, &leadership).await;
            self.metrics.leads(false);
            match ended {
                Err(error) => return error,
                Ok(EndOfTerm::LeaseLost) => tracing::warn!("no longer leading"),
                Ok(EndOfTerm::CacheTooOld(kind)) => {
                    tracing::warn!(kind, "no longer leading: the cache is too old");
                    elector.resign().await;
                }
                Ok(EndOfTerm::Stalled(kind)) => {
                    tracing::warn!(kind, "no longer leading: no reconcile finishes");
                    elector.resign().await;
                    // Another replica may have a better connection.
                    sleep(self.settings.lease.duration).await;
                }
            }
        }
    }

    /// Leads for one term. The reconciles that are in flight at its end are dropped.
    async fn lead(
        &self,
        elector: &Elector,
        leadership: &Leadership,
    ) -> Result<EndOfTerm, OperatorError> {
        let context = Arc::new(self.context(leadership.clone()));
        tokio::select! {
            biased;
            () = elector.lead(leadership) => Ok(EndOfTerm::LeaseLost),
            kind = self.mirrors.grow_old(self.settings.limits.cache_age) => {
                Ok(EndOfTerm::CacheTooOld(kind))
            }
            kind = context.progress.stalls() => Ok(EndOfTerm::Stalled(kind)),
            () = controller::run_all(Arc::clone(&context)) => Err(OperatorError::ControllersEnded),
        }
    }

    /// The context of one term as leader.
    fn context(&self, leadership: Leadership) -> Context {
        Context::new(
            self.client.clone(),
            self.settings.clone(),
            self.engines.clone(),
            self.world.clone(),
            self.mirrors.clone(),
            leadership,
            self.metrics.clone(),
        )
    }
}
