//! `dploy operate`: the controllers against a cluster. Any number of replicas; one leads.

use std::sync::Arc;

use clock::SystemClock;
use engines::{Engines, argocd::ArgocdEngine, flux::FluxEngine, manifests::ManifestsEngine};
use kube::Client;
use operator::{Operator, Settings};
use prometheus_client::registry::Registry;
use resources::{EngineName, LaunchDefaults};
use tokio_util::sync::CancellationToken;

use super::{Failure, cluster, monitoring::MetricsPort, serve, signals, watches::Watches};
use crate::{
    config::{Env, RulesConfig, ServerConfig, health_address, metrics_address, variables},
    http, telemetry,
};

pub(super) async fn play(env: &Env) -> Result<(), Failure> {
    let server = ServerConfig::from_env(env)?;
    telemetry::start(serve::audience(&server), serve::filter(&server))?;
    let rules = RulesConfig::from_env(env)?;
    let watches = Watches::default();
    let client = cluster::client(&watches).await?;
    let health = http::bind(health_address(env)?, variables::HEALTH_PORT.name).await?;
    if let Ok(address) = health.local_addr() {
        tracing::info!(health = %address, "answering probes");
    }
    let metrics = MetricsPort::bind(metrics_address(env)?).await?;
    let stopping = signals::stop_token();
    let engines = engines(&client);
    let operator =
        Operator::new(client, settings(rules, replica(env)), engines, SystemClock::shared());
    let mut registry = Registry::default();
    operator.register_metrics(&mut registry);
    watches.register(&mut registry);
    let probes = http::health_router(operator.readiness());
    tokio::try_join!(
        run(operator, stopping.clone()),
        http::serve(health, probes, stopping.clone()),
        metrics.serve(registry, stopping),
    )
    .map(drop)
}

/// Every engine of Kubernetes; one whose upstream the cluster lacks says so when it is used.
fn engines(client: &Client) -> Engines {
    Engines::default()
        .with(EngineName::Argocd, Arc::new(ArgocdEngine::new(client.clone())))
        .with(EngineName::Flux, Arc::new(FluxEngine::new(client.clone())))
        .with(EngineName::Manifests, Arc::new(ManifestsEngine::new(client.clone())))
}

/// A pod's name comes back after a restart of its container, and then leads at once; elsewhere any name will do.
fn replica(env: &Env) -> String {
    match env.text(&variables::HOSTNAME) {
        Some(name) => name.to_owned(),
        None => format!("dploy-{}", clock::random_hex::<4>()),
    }
}

/// What the controllers need to know of the configuration.
pub(super) fn settings(rules: RulesConfig, replica: String) -> Settings {
    let defaults = LaunchDefaults {
        ttl_seconds: rules.default_ttl,
        extend_seconds: rules.extend_ttl,
        max_instances_per_user: rules.max_environments,
        ..LaunchDefaults::default()
    };
    Settings { defaults, ..Settings::new(rules.namespace, replica) }
}

/// Runs the controllers until they are asked to stop.
pub(super) async fn run(operator: Operator, stopping: CancellationToken) -> Result<(), Failure> {
    operator.run(stopping).await.map_err(|cause| Failure::Operator(cause.into()))
}
