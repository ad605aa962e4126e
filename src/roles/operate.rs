//! `dploy operate`: the controllers against a cluster. Any number of replicas; one leads.

use std::sync::Arc;

use clock::{SharedClock, SystemClock};
use kube::Client;
use operator::{
    Settings,
    engines::{Engines, flux::FluxEngine, manifests::ManifestsEngine},
};
use resources::{EngineName, LaunchDefaults};
use tokio_util::sync::CancellationToken;

use super::{Failure, cluster, serve, signals};
use crate::{
    config::{Env, RulesConfig, ServerConfig, variables},
    telemetry,
};

pub(super) async fn play(env: &Env) -> Result<(), Failure> {
    let server = ServerConfig::from_env(env)?;
    telemetry::start(serve::audience(&server), serve::filter(&server))?;
    let rules = RulesConfig::from_env(env)?;
    let client = cluster::client().await?;
    let stopping = signals::stop_token();
    let settings = settings(rules, replica(env));
    let engines = engines(&client);
    run(client, settings, engines, SystemClock::shared(), stopping).await
}

/// Every engine of Kubernetes; one whose upstream the cluster lacks says so when it is used.
fn engines(client: &Client) -> Engines {
    Engines::default()
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
pub(super) async fn run(
    client: Client,
    settings: Settings,
    engines: Engines,
    clock: SharedClock,
    stopping: CancellationToken,
) -> Result<(), Failure> {
    operator::run(client, settings, engines, clock, stopping)
        .await
        .map_err(|cause| Failure::Operator(cause.into()))
}
