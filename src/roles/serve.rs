//! `dploy serve`: the web app, REST and sign-in against a cluster. Stateless; any number of replicas.

use axum::Router;
use clock::SystemClock;
use environments::Environments;
use identity::Identity;
use prometheus_client::registry::Registry;

use super::{Failure, cluster, monitoring::MetricsPort, signals, watches::Watches};
use crate::{
    config::{
        Env, IdentityConfig, RulesConfig, ServerConfig, features, metrics_address, variables,
    },
    http::{self, AppState},
    telemetry::{self, Audience},
};

pub(super) async fn play(env: &Env) -> Result<(), Failure> {
    let server = ServerConfig::from_env(env)?;
    telemetry::start(audience(&server), filter(&server))?;
    let features = features(env)?;
    let rules = RulesConfig::from_env(env)?;
    let settings = IdentityConfig::from_env(env)?.settings();
    let clock = SystemClock::shared();
    let identity =
        Identity::new(settings, clock.clone()).map_err(|cause| Failure::Identity(cause.into()))?;
    let watches = Watches::default();
    let client = cluster::client(&watches).await?;
    let listener = http::bind(server.address, variables::SERVER_PORT.name).await?;
    let metrics = MetricsPort::bind(metrics_address(env)?).await?;
    let stopping = signals::stop_token();
    let environments = Environments::start(client, rules.into(), clock.clone());
    let mut registry = Registry::default();
    environments.register_metrics(&mut registry);
    watches.register(&mut registry);
    let state = AppState::new(environments, identity, features, clock, stopping.clone());
    let address = listener.local_addr().unwrap_or(server.address);
    tracing::info!(%address, "serving");
    let site = http::serve(listener, http::router(state, Router::new()), stopping.clone());
    tokio::try_join!(site, metrics.serve(registry, stopping)).map(drop)
}

/// People read the log of a server that runs with `DEBUG`.
pub(super) const fn audience(server: &ServerConfig) -> Audience {
    if server.debug { Audience::People } else { Audience::Machines }
}

/// What is logged where `RUST_LOG` does not say. The complaints of the client and its watches are left out: who asked them says
/// what failed, and why.
pub(super) const fn filter(server: &ServerConfig) -> &'static str {
    if server.debug {
        "info,kube_client::client::builder=off,kube_runtime::watcher=off,dploy=debug,environments=debug,operator=debug,identity=debug"
    } else {
        "info,kube_client::client::builder=off,kube_runtime::watcher=off"
    }
}
