use std::{
    fmt, fs,
    net::{Ipv4Addr, SocketAddr},
    path::PathBuf,
    sync::Arc,
};

use axum::{Extension, Router, extract::ConnectInfo};
use clock::{SharedClock, SystemClock};
use environments::Environments;
use gateway::{Addresses, Gateway};
use identity::{Identity, development::Provider};
use kube::Client;
use localkube::{LocalKube, OpenError};
use operator::Operator;
use prometheus_client::registry::Registry;
use tokio::{net::TcpListener, task::JoinSet};
use tokio_util::sync::CancellationToken;

use super::{DataDirectory, cluster, directory::OwnedEnvironments, engine};
use crate::{
    config::{Env, IdentityConfig, RulesConfig, features, metrics_port_if_set},
    http::{self, AppState},
    roles::{Failure, monitoring::MetricsPort, operate},
};

/// The only operator here, so it leads at once when it comes back.
const REPLICA: &str = "dploy-dev";

/// How one `dploy dev` is started.
#[derive(Debug)]
pub struct Options {
    /// The site's port on loopback; 0 for any free one.
    pub port: u16,
    /// The port of the Kubernetes API on loopback, where it is wanted; 0 for any free one.
    pub kube_port: Option<u16>,
    /// Environment variables: limits and switches count, the identity provider's are replaced.
    pub env: Env,
    /// Where everything is kept.
    pub data: DataDirectory,
    /// The program `dploy`, which supervises child processes; `dploy-samples` is beside it.
    pub program: PathBuf,
}

/// A running `dploy dev`.
pub struct Dev {
    port: u16,
    kubeconfig: Option<PathBuf>,
    client: Client,
    provider: Provider,
    stopping: CancellationToken,
    parts: JoinSet<Result<(), Failure>>,
    /// Held until everything has ended.
    _data: DataDirectory,
}

impl fmt::Debug for Dev {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Dev").field("port", &self.port).finish_non_exhaustive()
    }
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
        let kube = open_cluster(&data, clock.clone())?;
        let client = kube.client(&rules.namespace);
        cluster::prepare(&client, &rules.namespace, port).await?;
        let provider = open_provider(&data, port, clock.clone())?;

        let mut parts = JoinSet::new();
        let mut kubeconfig = None;
        if let Some(wanted) = kube_port {
            let listener = http::bind(loopback(wanted), "--kube-port").await?;
            kubeconfig = Some(write_kubeconfig(&data, local_port(&listener)?, &rules.namespace)?);
            parts.spawn(http::serve(listener, kube.router(), stopping.clone()));
        }
        let engines = engine::engines(&data, program, client.clone())?;
        let settings = operate::settings(rules.clone(), REPLICA.to_owned());
        let operator = Operator::new(client.clone(), settings, engines, clock.clone());
        let environments = Environments::start(client.clone(), rules.into(), clock.clone());
        let mut registry = Registry::default();
        operator.register_metrics(&mut registry);
        environments.register_metrics(&mut registry);
        parts.spawn(operate::run(operator, stopping.clone()));
        parts.spawn(metrics.serve(registry, stopping.clone()));
        let settings = IdentityConfig::of_development(&provider).settings();
        let identity = Identity::new(settings, clock.clone())
            .map_err(|cause| Failure::Identity(cause.into()))?;
        let state = AppState::new(environments, identity, features(&env)?, clock, stopping.clone());
        parts.spawn(http::serve(listener, site(state, &provider, port), stopping.clone()));
        Ok(Self { port, kubeconfig, client, provider, stopping, parts, _data: data })
    }

    /// `http://localhost:<port>`
    #[must_use]
    pub fn origin(&self) -> String {
        origin(self.port)
    }

    /// The embedded cluster.
    #[must_use]
    pub fn client(&self) -> Client {
        self.client.clone()
    }

    /// An ID token of one of the development provider's people.
    ///
    /// # Errors
    /// [`Failure::Token`] when nobody has that name.
    pub fn token(&self, person: &str) -> Result<String, Failure> {
        self.provider.issue_token(person).map_err(|cause| Failure::Token(cause.into()))
    }

    /// What somebody at the terminal needs to know.
    #[must_use]
    pub fn greeting(&self) -> String {
        let mut text = format!("Dploy is ready at {}\n", self.origin());
        if let Some(path) = &self.kubeconfig {
            text.push_str(&format!("kubectl --kubeconfig {}\n", path.display()));
        }
        text
    }

    /// Waits until all parts have ended: they were asked to, or one failed, which stops the others.
    ///
    /// # Errors
    /// The first failure.
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

/// The site, the development provider beside it, and every environment at a host of its own.
fn site(state: AppState, provider: &Provider, port: u16) -> Router {
    let identity = state.identity.clone();
    let directory = OwnedEnvironments {
        environments: state.environments.clone(),
        caller_of: Arc::new(move |visitor| http::caller_of(visitor, &identity)),
    };
    let gateway =
        Gateway::new(addresses(port), directory, state.identity.clone(), state.clock.clone());
    let extra =
        Router::new().merge(gateway.site_routes()).nest("/dev", provider.router().with_state(()));
    let visitor = ConnectInfo(loopback(0));
    gateway.in_front_of(http::router(state, extra)).layer(Extension(visitor))
}

/// Every host is below `localhost`, which browsers resolve to this machine.
fn addresses(port: u16) -> Addresses {
    Addresses {
        site: origin(port),
        site_aliases: ["127.0.0.1", "[::1]"].map(str::to_owned).to_vec(),
        environments: format!("localhost:{port}"),
    }
}

fn open_cluster(data: &DataDirectory, clock: SharedClock) -> Result<LocalKube, Failure> {
    LocalKube::open(&data.cluster(), clock).map_err(|cause| match cause {
        OpenError::InUse { .. } => Failure::DataInUse(data.root().to_owned()),
        cause => Failure::Data { directory: data.cluster(), cause: cause.into() },
    })
}

fn open_provider(data: &DataDirectory, port: u16, clock: SharedClock) -> Result<Provider, Failure> {
    Provider::open(&data.identity(), &issuer(port), &origin(port), clock)
        .map_err(|cause| Failure::Identity(cause.into()))
}

fn write_kubeconfig(data: &DataDirectory, port: u16, namespace: &str) -> Result<PathBuf, Failure> {
    let path = data.root().join("kubeconfig");
    let text = LocalKube::kubeconfig(&format!("http://127.0.0.1:{port}"), namespace);
    fs::write(&path, text)
        .map_err(|cause| Failure::Data { directory: path.clone(), cause: cause.into() })?;
    Ok(path)
}

fn loopback(port: u16) -> SocketAddr {
    SocketAddr::from((Ipv4Addr::LOCALHOST, port))
}

fn local_port(listener: &TcpListener) -> Result<u16, Failure> {
    let address = listener
        .local_addr()
        .map_err(|cause| Failure::Io { doing: "could not read the port that was given", cause })?;
    Ok(address.port())
}

fn origin(port: u16) -> String {
    format!("http://localhost:{port}")
}

fn issuer(port: u16) -> String {
    format!("{}/dev", origin(port))
}
