//! The controllers and the engines that run environments.
//!
//! [`run`] watches Dploy's kinds and the workloads' namespaces, elects a leader among the replicas, and while it leads keeps
//! instances, templates (their pools and status) and owners (their seats) as they should be. A reconcile reads as five steps:
//! observe (reads only), decide (`plan`, pure), carry out (writes only), report (status and Events), look again.
//!
//! It writes instances and their status, the status of templates and owners, void instances, namespaces, its Lease and Events;
//! every write but a creation names the version that it was decided on.

mod context;
mod controller;
mod election;
pub mod engines;
mod error;
mod guard_rails;
mod instances;
mod labels;
mod mirrors;
mod owners;
mod plan;
mod retries;
mod settings;
mod templates;
mod unreadable;

use std::sync::Arc;

use clock::SharedClock;
use kube::Client;
use thiserror::Error;
use tokio_util::sync::CancellationToken;

use context::Context;
use election::Elector;
use engines::Engines;
pub(crate) use error::chain;
use mirrors::Mirrors;
pub use settings::{LeaseTimings, Settings};

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

/// Runs the operator until `shutdown` is cancelled. Takes part in the election first; a replica that does not lead only
/// watches. An API server that does not answer is waited for.
///
/// # Errors
/// [`OperatorError`] when it cannot go on.
pub async fn run(
    client: Client,
    settings: Settings,
    engines: Engines,
    clock: SharedClock,
    shutdown: CancellationToken,
) -> Result<(), OperatorError> {
    let (mirrors, watching) = Mirrors::new(&client, &settings.namespace);
    let elector = Elector::new(client.clone(), &settings, clock.clone());
    let leading = async {
        loop {
            let leadership = elector.campaign().await;
            tracing::info!(replica = settings.identity, "leading");
            let context = Context::new(
                client.clone(),
                settings.clone(),
                engines.clone(),
                clock.clone(),
                mirrors.clone(),
                leadership.clone(),
            );
            tokio::select! {
                () = controller::run_all(Arc::new(context)) => return OperatorError::ControllersEnded,
                () = elector.lead(&leadership) => tracing::warn!("no longer leading"),
            }
        }
    };
    let outcome = tokio::select! {
        () = shutdown.cancelled() => Ok(()),
        error = leading => Err(error),
        () = watching => Err(OperatorError::WatchEnded),
    };
    elector.resign().await;
    engines.close().await;
    outcome
}
