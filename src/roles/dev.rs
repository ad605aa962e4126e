//! `dploy dev`: the server and the controllers in one process, on the embedded cluster of the crate
//! `dev`.

use std::{
    fmt, io,
    net::{Ipv4Addr, SocketAddr},
    path::PathBuf,
    process::ExitCode,
    sync::Arc,
};

use axum::Router;
use clock::{SharedClock, SystemClock};
use dev::{DataDirectory, DevError, Development, Programs};
use environments::Environments;
use identity::Identity;
use kube::Client;
use operator::Operator;
use prometheus_client::registry::Registry;
use tokio::{net::TcpListener, task::JoinSet};
use tokio_util::sync::CancellationToken;

use super::{Failure, audit, monitoring::MetricsPort, operate, print, signals};
use crate::{
    cli::{DevArgs, SuperviseArgs, TokenArgs},
    config::{
        CapacityConfig, Env, RulesConfig, ServerConfig, features, max_connections,
        metrics_port_if_set, process_variables, variables,
    },
    http::{self, AppState, MaxConnections, overload::Capacity},
    routes,
    telemetry::{self, Audience},
};

/// The log filter without `RUST_LOG` and `DEBUG`.
const LOG_FILTER: &str = "warn,kube_client::client=off,dploy=info,dev=info,gateway=info";
/// The lease holder's name. It is always the same, so that the only operator leads again at once
/// after a restart.
const REPLICA: &str = "dploy-dev";

/// How one `dploy dev` is started.
#[derive(Debug)]
pub struct Options {
    /// The site's port on loopback; 0 for any free port.
    pub port: u16,
    /// The port of the Kubernetes API on loopback, if it is wanted; 0 for any free port.
    pub kube_port: Option<u16>,
    /// Environment variables. Those of the identity provider are ignored.
    pub env: Env,
    /// Where all data is.
    pub data: DataDirectory,
    /// The program `dploy`, which supervises child processes; `dploy-samples` is beside it.
    pub program: PathBuf,
}

/// A running `dploy dev`.
pub struct Dev {
    kubeconfig: Option<PathBuf>,
    stopping: CancellationToken,
    parts: JoinSet<Result<(), Failure>>,
    /// Dropped last: it holds the lock of the data directory.
    development: Development,
}

impl fmt::Debug for Dev {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Dev").field("development", &self.development).finish_non_exhaustive()
    }
}

/// Runs `dploy dev` until SIGINT or SIGTERM.
pub(super) async fn play(args: &DevArgs, mut env: Env) -> Result<(), Failure> {
    if let Some(port) = args.port {
        env.set(&variables::SERVER_PORT, port.to_string());
    }
    let server = ServerConfig::from_env(&env)?;
    if server.debug {
        let filter = format!("{},dev=debug,gateway=debug", telemetry::filter(&server));
        telemetry::start(Audience::People, &filter)?;
    } else {
        telemetry::start(Audience::People, LOG_FILTER)?;
    }
    let data = DataDirectory::open(args.data_dir.as_deref(), args.reset)?;
    let program = std::env::current_exe().map_err(|cause| Failure::Io {
        doing: "could not find out where this program is",
        cause,
    })?;
    let options =
        Options { port: server.address.port(), kube_port: args.kube_port, env, data, program };
    let dev = Dev::start(options, signals::stop_token()).await?;
    print::print(&dev.greeting())?;
    dev.until_stopped().await
}

/// Prints an ID token: `dploy token`.
pub(super) fn token(args: &TokenArgs) -> Result<(), Failure> {
    let token = dev::token(&args.person, args.data_dir.as_deref())?;
    print::print(&format!("{token}\n"))
}

/// Supervises one child process of an environment: `dploy supervise`.
pub(super) fn supervise(args: &SuperviseArgs) -> ExitCode {
    dev::supervise(args.command.clone())
}

impl Dev {
    /// Starts all parts; they run until `stopping` is cancelled.
    ///
    /// # Errors
    /// [`Failure`] with a sentence, e.g. when the port or the data directory is in use.
    pub async fn start(options: Options, stopping: CancellationToken) -> Result<Self, Failure> {
        let Options { port, kube_port, env, data, program } = options;
        let clock = SystemClock::shared();
        let rules = RulesConfig::from_env(&env)?;
        let listener = http::bind(loopback(port), "--port or SERVER_PORT").await?;
        let port = local_port(&listener)?;
        let metrics = MetricsPort::bind(metrics_port_if_set(&env)?.map(loopback)).await?;
        let namespace = rules.namespace.clone();
        let development = Development::prepare(data, namespace, port, clock.clone()).await?;
        let client = development.client();

        let mut parts = JoinSet::new();
        let mut kubeconfig = None;
        if let Some(wanted) = kube_port {
            let listener = http::bind(loopback(wanted), "--kube-port").await?;
            let (router, file) = development.kubernetes_api(local_port(&listener)?)?;
            kubeconfig = Some(file);
            parts.spawn(serve(listener, router, stopping.clone()));
        }
        let programs = Programs { dploy: program, variables: process_variables() };
        let engines = development.engines(programs)?;
        let settings = operate::settings(rules.clone(), REPLICA.to_owned());
        let operator = Operator::new(client.clone(), settings, engines, clock.clone());
        let audit = audit::start(&env, &clock)?;
        let settings = rules.of_serve(features(&env)?);
        let environments = Environments::start(client, settings, clock.clone()).audited(audit);
        let mut registry = Registry::default();
        operator.register_metrics(&mut registry);
        environments.register_metrics(&mut registry);
        let capacity = Capacity::new(CapacityConfig::from_env(&env)?);
        capacity.register_metrics(&mut registry);
        parts.spawn(operate::run(operator, stopping.clone()));
        parts.spawn(metrics.serve(registry, stopping.clone()));
        let known = environments.clone();
        let site = site(&development, known, clock, capacity, stopping.clone())?;
        let max = max_connections(&env)?;
        parts.spawn(serve_site(listener, site, max, stopping.clone(), environments));
        Ok(Self { kubeconfig, stopping, parts, development })
    }

    /// The site's origin, `http://localhost:<port>`.
    #[must_use]
    pub fn origin(&self) -> String {
        self.development.origin()
    }

    /// A client of the embedded cluster.
    #[must_use]
    pub fn client(&self) -> Client {
        self.development.client()
    }

    /// An ID token of one of the development provider's people.
    ///
    /// # Errors
    /// [`DevError::Token`] for an unknown name.
    pub fn token(&self, person: &str) -> Result<String, DevError> {
        self.development.token(person)
    }

    /// What is printed once the server is ready.
    #[must_use]
    pub fn greeting(&self) -> String {
        let mut text = format!("Dploy is ready at {}\n", self.origin());
        if let Some(path) = &self.kubeconfig {
            text.push_str(&format!("kubectl --kubeconfig {}\n", path.display()));
        }
        text
    }

    /// Waits until all parts have ended. A part that ends stops the others.
    ///
    /// # Errors
    /// The first failure of a part.
    pub async fn until_stopped(mut self) -> Result<(), Failure> {
        let mut outcome = Ok(());
        while let Some(ended) = self.parts.join_next().await {
            self.stopping.cancel();
            let ended = ended.unwrap_or_else(|cause| Err(Failure::Operator(cause.into())));
            outcome = outcome.and(ended);
        }
        outcome
    }
}

impl Drop for Dev {
    fn drop(&mut self) {
        self.stopping.cancel();
    }
}

/// The web app with the development provider, behind the gateway.
fn site(
    development: &Development,
    environments: Environments,
    clock: SharedClock,
    capacity: Capacity,
    stopping: CancellationToken,
) -> Result<Router, Failure> {
    let identity = Identity::new(development.identity_settings(), clock.clone())
        .map_err(|cause| Failure::Identity(cause.into()))?;
    let known = identity.clone();
    let front = development.front(
        environments.clone(),
        identity.clone(),
        Arc::new(move |visitor| http::authentication::caller_of(visitor, &known)),
        clock.clone(),
    );
    let state = AppState::new(environments, identity, clock, capacity, stopping);
    Ok(front.in_front_of(routes::site(state, front.site_routes())))
}

async fn serve(
    listener: TcpListener,
    router: Router,
    stopping: CancellationToken,
) -> Result<(), Failure> {
    http::serve(listener, router, MaxConnections::OF_THE_CLUSTER, stopping).await;
    Ok(())
}

async fn serve_site(
    listener: TcpListener,
    site: Router,
    max: MaxConnections,
    stopping: CancellationToken,
    environments: Environments,
) -> Result<(), Failure> {
    let changes = environments.changes_finished();
    http::serve_and_finish(listener, site, max, stopping, changes).await;
    Ok(())
}

fn loopback(port: u16) -> SocketAddr {
    SocketAddr::from((Ipv4Addr::LOCALHOST, port))
}

fn local_port(listener: &TcpListener) -> Result<u16, Failure> {
    let failed = |cause: io::Error| Failure::Io { doing: "could not read the local port", cause };
    Ok(listener.local_addr().map_err(failed)?.port())
}
