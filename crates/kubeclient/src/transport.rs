//! Connections to a configured cluster.

use std::time::Duration;

use clock::World;
use http::{Request, Response};
use hyper::body::Incoming;
use hyper_util::{
    client::legacy::{Client as HttpClient, connect::HttpConnector},
    rt::TokioExecutor,
};
use kube::{
    Config,
    client::{Body, ClientBuilder, ConfigExt as _},
};
use tower::{BoxError, ServiceBuilder, ServiceExt as _, util::BoxCloneService};

use crate::{Resilient, over};

/// The time without traffic after which a connection is probed.
const KEEPALIVE_IDLE: Duration = Duration::from_secs(15);
/// The interval between two probes of a connection.
const KEEPALIVE_INTERVAL: Duration = Duration::from_secs(5);
/// How many probes may be lost before the connection ends.
const KEEPALIVE_PROBES: u32 = 3;
/// How long sent bytes may be without acknowledgement before the connection ends.
#[cfg(target_os = "linux")]
const UNACKNOWLEDGED_TIMEOUT: Duration = Duration::from_secs(30);
/// How long a connection attempt may take.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// The connections to a cluster, with its credentials.
pub type Transport = BoxCloneService<Request<Body>, Response<Incoming>, BoxError>;

/// A client of the cluster of `config`, with this crate's limits and retries instead of `kube`'s.
/// Connections are probed, so that the end of an API server that sends no FIN is noticed within
/// about 30 s.
///
/// # Errors
/// The configuration's TLS, credentials or headers are not usable, or it names a proxy.
pub fn connect(config: Config) -> kube::Result<ClientBuilder<Resilient<Transport>>> {
    if let Some(proxy_url) = config.proxy_url {
        return Err(kube::Error::ProxyProtocolUnsupported { proxy_url: Box::new(proxy_url) });
    }
    let connector = config.rustls_https_connector_with_connector(tcp())?;
    // The builder's default speaks HTTP/1.1 only, like `kube`'s own client, so TCP is what is
    // probed.
    let client = HttpClient::builder(TokioExecutor::new()).build(connector);
    let transport = ServiceBuilder::new()
        .layer(config.base_uri_layer())
        .option_layer(config.auth_layer()?)
        .layer(config.extra_headers_layer()?)
        .map_err(BoxError::from)
        .service(client);
    let transport = transport.map_err(BoxError::from).boxed_clone();
    Ok(over(transport, config.default_namespace, World::of_the_machine()))
}

fn tcp() -> HttpConnector {
    let mut connector = HttpConnector::new();
    connector.enforce_http(false);
    connector.set_nodelay(true);
    connector.set_connect_timeout(Some(CONNECT_TIMEOUT));
    connector.set_keepalive(Some(KEEPALIVE_IDLE));
    connector.set_keepalive_interval(Some(KEEPALIVE_INTERVAL));
    connector.set_keepalive_retries(Some(KEEPALIVE_PROBES));
    #[cfg(target_os = "linux")]
    connector.set_tcp_user_timeout(Some(UNACKNOWLEDGED_TIMEOUT));
    connector
}

#[cfg(test)]
mod tests;
