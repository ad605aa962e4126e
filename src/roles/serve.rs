//! `dploy serve`: the web app, REST and sign-in, on a cluster. Stateless; any number of replicas.

use axum::Router;
use clock::SystemClock;
use environments::Environments;
use futures::FutureExt as _;
use identity::Identity;
use prometheus_client::registry::Registry;

use super::{Failure, audit, cluster, monitoring::MetricsPort, signals};
use crate::{
    config::{
        CapacityConfig, Env, IdentityConfig, RulesConfig, ServerConfig, features, max_connections,
        metrics_address, variables,
    },
    http::{self, AppState, overload::Capacity},
    routes, telemetry,
};

pub(super) async fn play(env: &Env) -> Result<(), Failure> {
    let server = ServerConfig::from_env(env)?;
    telemetry::start(telemetry::audience(&server), telemetry::filter(&server))?;
    let features = features(env)?;
    let capacity = Capacity::new(CapacityConfig::from_env(env)?);
    let max = max_connections(env)?;
    let rules = RulesConfig::from_env(env)?;
    let settings = IdentityConfig::from_env(env)?.settings();
    let clock = SystemClock::shared();
    let identity =
        Identity::new(settings, clock.clone()).map_err(|cause| Failure::Identity(cause.into()))?;
    let client = cluster::client().await?;
    let listener = http::bind(server.address, variables::SERVER_PORT.name).await?;
    let metrics = MetricsPort::bind(metrics_address(env)?).await?;
    let stopping = signals::stop_token();
    let audit = audit::start(env, &clock)?;
    let environments =
        Environments::start(client, rules.of_serve(features), clock.clone()).audited(audit);
    let mut registry = Registry::default();
    environments.register_metrics(&mut registry);
    capacity.register_metrics(&mut registry);
    let known = environments.clone();
    let state = AppState::new(known, identity, clock, capacity, stopping.clone());
    let address = listener.local_addr().unwrap_or(server.address);
    tracing::info!(%address, "serving");
    let site = routes::site(state, Router::new());
    let finished = environments.changes_finished();
    tokio::try_join!(
        http::serve_and_finish(listener, site, max, stopping.clone(), finished).map(Ok),
        metrics.serve(registry, stopping),
    )
    .map(drop)
}
