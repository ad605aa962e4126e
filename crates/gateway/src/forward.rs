//! Sends requests to environments and streams their responses back.

use std::{net::SocketAddr, time::Duration};

use axum::{
    body::Body,
    extract::{ConnectInfo, Request},
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

use super::{
    addresses::{Addresses, Label},
    headers::{self, Via},
};

/// The longest time for a connection to an environment to be established.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// The connections to environments.
pub(crate) struct Upstream {
    client: Client<HttpConnector, Body>,
}

/// Why an environment did not respond.
#[derive(Debug, Error)]
pub(crate) enum ForwardError {
    #[error("could not build the address of the environment")]
    Address(#[source] axum::http::Error),
    #[error("the environment did not respond")]
    Send(#[source] hyper_util::client::legacy::Error),
    #[error("the environment switched to a protocol that was not requested")]
    Protocol,
}

impl Upstream {
    pub(crate) fn new() -> Self {
        let mut connector = HttpConnector::new();
        connector.set_connect_timeout(Some(CONNECT_TIMEOUT));
        connector.set_nodelay(true);
        Self { client: Client::builder(TokioExecutor::new()).build(connector) }
    }

    /// Sends `request` to the environment `label`, which listens at `address`.
    pub(crate) async fn forward(
        &self,
        request: Request,
        address: SocketAddr,
        addresses: &Addresses,
        label: &Label,
    ) -> Result<Response, ForwardError> {
        let (mut parts, body) = request.into_parts();
        let websocket = headers::wants_websocket(&parts);
        let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>();
        let via = Via {
            authority: &addresses.authority_of(label),
            scheme: addresses.scheme(),
            visitor: peer.map(|ConnectInfo(peer)| peer.ip()),
        };
        headers::to_environment(&mut parts.headers, &via, websocket);
        let visitor = parts.extensions.remove::<OnUpgrade>().filter(|_| websocket);

        let mut onward = Request::new(body);
        *onward.method_mut() = parts.method;
        *onward.uri_mut() = at(address, &parts.uri).map_err(ForwardError::Address)?;
        *onward.headers_mut() = parts.headers;
        let response = self.client.request(onward).await.map_err(ForwardError::Send)?;
        returned(response.map(Body::new), visitor)
    }
}

/// The response for the visitor; connects both sides if the environment opened a websocket.
fn returned(mut response: Response, visitor: Option<OnUpgrade>) -> Result<Response, ForwardError> {
    let switched = response.status() == StatusCode::SWITCHING_PROTOCOLS;
    if switched {
        let is_websocket = response
            .headers()
            .get(header::UPGRADE)
            .is_some_and(|to| to.as_bytes().eq_ignore_ascii_case(b"websocket"));
        let visitor = visitor.filter(|_| is_websocket).ok_or(ForwardError::Protocol)?;
        tokio::spawn(join(visitor, hyper::upgrade::on(&mut response)));
    }
    headers::to_visitor(response.headers_mut(), switched);
    Ok(response)
}

/// The same path and query at another address.
fn at(address: SocketAddr, wanted: &Uri) -> Result<Uri, axum::http::Error> {
    let path = wanted.path_and_query().map_or("/", uri::PathAndQuery::as_str);
    Uri::builder().scheme("http").authority(address.to_string()).path_and_query(path).build()
}

/// Copies a websocket's bytes in both directions until one side closes.
async fn join(visitor: OnUpgrade, environment: OnUpgrade) {
    match tokio::try_join!(visitor, environment) {
        Ok((visitor, environment)) => {
            let (mut visitor, mut environment) = (TokioIo::new(visitor), TokioIo::new(environment));
            if let Err(cause) = copy_bidirectional(&mut visitor, &mut environment).await {
                tracing::debug!(%cause, "a websocket was interrupted");
            }
        }
        Err(cause) => tracing::debug!(%cause, "a websocket could not be opened"),
    }
}
