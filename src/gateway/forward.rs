//! Carries requests to environments and their answers back, as they come: nothing is gathered up on the way.

use std::{net::SocketAddr, time::Duration};

use axum::{
    body::Body,
    extract::Request,
    http::{StatusCode, Uri, header, uri},
    response::Response,
};
use hyper::upgrade::OnUpgrade;
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::{TokioExecutor, TokioIo},
};
use thiserror::Error;
use tokio::io::copy_bidirectional;

use super::headers;

/// On loopback a connection is there at once, or never.
const CONNECT: Duration = Duration::from_secs(5);

/// The connections to environments.
pub(super) struct Upstream {
    client: Client<HttpConnector, Body>,
}

/// Why there is no answer of the environment.
#[derive(Debug, Error)]
pub(super) enum ForwardError {
    #[error("could not name the address of the environment")]
    Address(#[source] axum::http::Error),
    #[error("the environment did not answer")]
    Send(#[source] hyper_util::client::legacy::Error),
    #[error("the environment switched to a protocol that nobody asked for")]
    Protocol,
}

impl Upstream {
    pub(super) fn new() -> Self {
        let mut connector = HttpConnector::new();
        connector.set_connect_timeout(Some(CONNECT));
        connector.set_nodelay(true);
        Self { client: Client::builder(TokioExecutor::new()).build(connector) }
    }

    /// Sends `request` to the environment that listens at `address` and is known as `authority`.
    pub(super) async fn forward(
        &self,
        request: Request,
        address: SocketAddr,
        authority: &str,
    ) -> Result<Response, ForwardError> {
        let (mut parts, body) = request.into_parts();
        let websocket = headers::wants_websocket(&parts);
        headers::to_environment(&mut parts.headers, authority, websocket);
        let visitor = parts.extensions.remove::<OnUpgrade>().filter(|_| websocket);

        let mut onward = Request::new(body);
        *onward.method_mut() = parts.method;
        *onward.uri_mut() = at(address, &parts.uri).map_err(ForwardError::Address)?;
        *onward.headers_mut() = parts.headers;
        let mut answer = self.client.request(onward).await.map_err(ForwardError::Send)?;

        let switched = answer.status() == StatusCode::SWITCHING_PROTOCOLS;
        if switched {
            let is_websocket = answer
                .headers()
                .get(header::UPGRADE)
                .is_some_and(|to| to.as_bytes().eq_ignore_ascii_case(b"websocket"));
            let visitor = visitor.filter(|_| is_websocket).ok_or(ForwardError::Protocol)?;
            tokio::spawn(join(visitor, hyper::upgrade::on(&mut answer)));
        }
        headers::to_visitor(answer.headers_mut(), switched);
        Ok(answer.map(Body::new))
    }
}

/// The same path and query, as they were written, at another address.
fn at(address: SocketAddr, wanted: &Uri) -> Result<Uri, axum::http::Error> {
    let path = wanted.path_and_query().map_or("/", uri::PathAndQuery::as_str);
    Uri::builder().scheme("http").authority(address.to_string()).path_and_query(path).build()
}

/// Carries a websocket's bytes both ways, until either side closes.
async fn join(visitor: OnUpgrade, environment: OnUpgrade) {
    match tokio::try_join!(visitor, environment) {
        Ok((visitor, environment)) => {
            let (mut visitor, mut environment) = (TokioIo::new(visitor), TokioIo::new(environment));
            if let Err(cause) = copy_bidirectional(&mut visitor, &mut environment).await {
                tracing::debug!(%cause, "a websocket broke off");
            }
        }
        Err(cause) => tracing::debug!(%cause, "a websocket did not open"),
    }
}
