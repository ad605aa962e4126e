//! One replica of the operator: its cache, its terms as leader, its end.

use std::{fmt, sync::Arc};

use clock::World;
use engines::Engines;
use futures::{FutureExt, future::BoxFuture};
use kube::Client;
use prometheus_client::registry::Registry;
use thiserror::Error;
use tokio_util::sync::CancellationToken;

use crate::{
    Settings,
    context::Context,
    controller,
    election::{Elector, Leadership},
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
}

impl fmt::Debug for Operator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Operator").field("settings", &self.parts.settings).finish_non_exhaustive()
    }
}

/// Whether a replica is ready to lead.
#[derive(Debug, Clone)]
pub struct Readiness(Mirrors);

impl Readiness {
    /// Whether its cache has been filled. It does not matter which replica leads.
    #[must_use]
    pub fn is_ready(&self) -> bool {
        self.0.are_filled()
    }
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
        let (mirrors, watching) = Mirrors::new(&client, &settings.namespace);
        let metrics = Metrics::default();
        let world = world.into();
        let parts = Parts { client, settings, engines, world, mirrors, metrics };
        Self { parts, watching: watching.boxed() }
    }

    /// Registers the metrics of reconciles, launches and pools.
    pub fn register_metrics(&self, registry: &mut Registry) {
        self.parts.metrics.register(&self.parts.mirrors, registry);
    }

    /// The readiness of this replica, for a probe.
    #[must_use]
    pub fn readiness(&self) -> Readiness {
        Readiness(self.parts.mirrors.clone())
    }

    /// Runs until `shutdown` is cancelled. A replica that does not lead only fills its cache. If
    /// the API server does not answer, the replica waits for it.
    ///
    /// # Errors
    /// [`OperatorError`] when its tasks end unexpectedly.
    pub async fn run(self, shutdown: CancellationToken) -> Result<(), OperatorError> {
        let Self { parts, watching } = self;
        let elector =
            Elector::new(parts.client.clone(), &parts.settings, parts.world.clock.clone());
        let outcome = tokio::select! {
            biased;
            () = shutdown.cancelled() => Ok(()),
            error = parts.lead_again_and_again(&elector) => Err(error),
            () = watching => Err(OperatorError::WatchEnded),
        };
        elector.resign().await;
        parts.engines.close().await;
        outcome
    }
}

impl Parts {
    async fn lead_again_and_again(&self, elector: &Elector) -> OperatorError {
        loop {
            let leadership = elector.campaign().await;
            tracing::info!(replica = self.settings.identity, "leading");
            let context = Arc::new(self.context(leadership.clone()));
            tokio::select! {
                biased;
                () = controller::run_all(context) => return OperatorError::ControllersEnded,
                () = elector.lead(&leadership) => tracing::warn!("no longer leading"),
            }
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
