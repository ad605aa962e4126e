//! `dploy operate`: the controllers, on a cluster. Any number of replicas; one leads.

use std::sync::Arc;

use clock::SystemClock;
use engines::{Engines, argocd::ArgocdEngine, flux::FluxEngine, manifests::ManifestsEngine};
use futures::FutureExt as _;
use kube::Client;
use operator::{Operator, Settings};
use prometheus_client::registry::Registry;
use resources::{EngineName, LaunchDefaults};
use tokio_util::sync::CancellationToken;

use super::{Failure, cluster, monitoring::MetricsPort, signals};
use crate::{
    config::{Env, RulesConfig, ServerConfig, health_address, metrics_address, variables},
    http::{self, MaxConnections},
    routes, telemetry,
};

pub(super) async fn play(env: &Env) -> Result<(), Failure> {
    let server = ServerConfig::from_env(env)?;
    telemetry::start(telemetry::audience(&server), telemetry::filter(&server))?;
    let rules = RulesConfig::from_env(env)?;
    let client = cluster::client().await?;
    let health = http::bind(health_address(env)?, variables::HEALTH_PORT.name).await?;
    if let Ok(address) = health.local_addr() {
        tracing::info!(health = %address, "answering probes");
    }
    let metrics = MetricsPort::bind(metrics_address(env)?).await?;
    let stopping = signals::stop_token();
    let engines = engines(&client);
    let operator =
        Operator::new(client, settings(rules, replica_name(env)), engines, SystemClock::shared());
    let mut registry = Registry::default();
    operator.register_metrics(&mut registry);
    operator.register_cache_ages(&mut registry);
    let probes = routes::operator_probes(operator.readiness());
    tokio::try_join!(
        run(operator, stopping.clone()),
        http::serve(health, probes, MaxConnections::OF_THE_CLUSTER, stopping.clone()).map(Ok),
        metrics.serve(registry, stopping),
    )
    .map(drop)
}

/// The engines of Kubernetes. An engine reports an error on use when its upstream is not installed.
fn engines(client: &Client) -> Engines {
    Engines::default()
        .with(EngineName::Argocd, Arc::new(ArgocdEngine::new(client.clone())))
        .with(EngineName::Flux, Arc::new(FluxEngine::new(client.clone())))
        .with(EngineName::Manifests, Arc::new(ManifestsEngine::new(client.clone())))
}

/// The name of this replica: the pod's name, or a random one. A container that restarts in the same
/// pod renews its lease at once.
fn replica_name(env: &Env) -> String {
    match env.text(&variables::HOSTNAME) {
        Some(name) => name.to_owned(),
        None => format!("dploy-{}", clock::random_hex::<4>()),
    }
}

/// The settings of the controllers.
pub(super) fn settings(rules: RulesConfig, replica: String) -> Settings {
    let defaults = LaunchDefaults {
        ttl_seconds: rules.default_ttl,
        extend_seconds: rules.extend_ttl,
        max_instances_per_user: rules.max_environments,
        ..LaunchDefaults::default()
    };
    Settings { defaults, ..Settings::new(rules.namespace, replica) }
}

/// Runs the controllers until `stopping` is cancelled.
pub(super) async fn run(operator: Operator, stopping: CancellationToken) -> Result<(), Failure> {
    operator.run(stopping).await.map_err(|cause| Failure::Operator(cause.into()))
}
