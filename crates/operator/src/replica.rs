use std::{fmt, sync::Arc};

use clock::SharedClock;
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
    engines::Engines,
    metrics::Metrics,
    mirrors::Mirrors,
};

/// The operator had to stop.
#[derive(Debug, Error)]
pub enum OperatorError {
    /// A watch ended for good, which only a defect can cause.
    #[error("the watches of the operator ended")]
    WatchEnded,
    /// The controllers ended for good, which only a defect can cause.
    #[error("the controllers ended")]
    ControllersEnded,
}

/// One replica of the operator.
pub struct Operator {
    parts: Parts,
    watching: BoxFuture<'static, ()>,
}

/// What lasts longer than a term in office.
struct Parts {
    client: Client,
    settings: Settings,
    engines: Engines,
    clock: SharedClock,
    mirrors: Mirrors,
    metrics: Metrics,
}

impl fmt::Debug for Operator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Operator").field("settings", &self.parts.settings).finish_non_exhaustive()
    }
}

/// Whether a replica could take the lead at once.
#[derive(Debug, Clone)]
pub struct Readiness(Mirrors);

impl Readiness {
    /// Whether its caches have been filled; whoever leads has no part in that.
    #[must_use]
    pub fn is_ready(&self) -> bool {
        self.0.are_filled()
    }
}

impl Operator {
    /// A replica that does nothing before it runs.
    #[must_use]
    pub fn new(client: Client, settings: Settings, engines: Engines, clock: SharedClock) -> Self {
        let (mirrors, watching) = Mirrors::new(&client, &settings.namespace);
        let metrics = Metrics::default();
        let parts = Parts { client, settings, engines, clock, mirrors, metrics };
        Self { parts, watching: watching.boxed() }
    }

    /// Has Prometheus see how long reconciles and launches take, what fails, and who is in which pool.
    pub fn register_metrics(&self, registry: &mut Registry) {
        self.parts.metrics.register(&self.parts.mirrors, registry);
    }

    /// What a probe of this replica wants to know.
    #[must_use]
    pub fn readiness(&self) -> Readiness {
        Readiness(self.parts.mirrors.clone())
    }

    /// Runs until `shutdown` is cancelled. Takes part in the election first; a replica that does not lead only watches. An API
    /// server that does not answer is waited for.
    ///
    /// # Errors
    /// [`OperatorError`] when it cannot go on.
    pub async fn run(self, shutdown: CancellationToken) -> Result<(), OperatorError> {
        let Self { parts, watching } = self;
        let elector = Elector::new(parts.client.clone(), &parts.settings, parts.clock.clone());
        let outcome = tokio::select! {
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
                () = controller::run_all(context) => return OperatorError::ControllersEnded,
                () = elector.lead(&leadership) => tracing::warn!("no longer leading"),
            }
        }
    }

    /// For one term in office.
    fn context(&self, leadership: Leadership) -> Context {
        Context::new(
            self.client.clone(),
            self.settings.clone(),
            self.engines.clone(),
            self.clock.clone(),
            self.mirrors.clone(),
            leadership,
            self.metrics.clone(),
        )
    }
}
