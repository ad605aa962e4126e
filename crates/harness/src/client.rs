//! An HTTP/1.1 client with one connection, so that a measured request never waits for a connection.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use bytes::Bytes;
use http::{Method, Request, StatusCode, header};
use http_body_util::{BodyExt as _, Empty};
use hyper::client::conn::http1::{self, SendRequest};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::net::TcpStream;
use tokio_util::task::AbortOnDropHandle;

/// An open connection.
pub struct Client {
    host: String,
    authorization: Option<String>,
    sender: SendRequest<Empty<Bytes>>,
    _connection: AbortOnDropHandle<()>,
}

/// A response, and the time from the request until the end of the body.
#[derive(Debug)]
pub struct Response {
    /// The status.
    pub status: StatusCode,
    /// The whole body.
    pub body: Bytes,
    /// The time from the request until the end of the body.
    pub took: Duration,
}

impl Response {
    /// The body as JSON.
    ///
    /// # Errors
    /// The status is no success, or the body is not JSON.
    pub fn json(&self) -> Result<Value> {
        let text = String::from_utf8_lossy(&self.body);
        ensure!(self.status.is_success(), "status {}: {text}", self.status);
        serde_json::from_slice(&self.body).with_context(|| format!("not JSON: {text}"))
    }
}

impl Client {
    /// Connects to `host`. Requests carry `token` as bearer token.
    pub async fn connect(host: &str, token: Option<&str>) -> Result<Self> {
        let (sender, connection) = open(host).await?;
        let authorization = token.map(bearer);
        Ok(Self { host: host.to_owned(), authorization, sender, _connection: connection })
    }

    /// Replaces the bearer token.
    pub fn set_token(&mut self, token: &str) {
        self.authorization = Some(bearer(token));
    }

    /// Sends a GET request.
    pub async fn get(&mut self, path: &str) -> Result<Response> {
        self.send(Method::GET, path).await
    }

    /// Sends a request without a body. A connection that the server has closed, because nothing was
    /// sent for a while, is opened again before the time counts.
    pub async fn send(&mut self, method: Method, path: &str) -> Result<Response> {
        if self.sender.ready().await.is_err() {
            (self.sender, self._connection) = open(&self.host).await?;
        }
        let mut request = Request::builder().method(method).uri(path);
        request = request.header(header::HOST, &self.host);
        if let Some(authorization) = &self.authorization {
            request = request.header(header::AUTHORIZATION, authorization);
        }
        let request = request.body(Empty::new())?;
        let start = Instant::now();
        let response = async {
            self.sender.ready().await?;
            let response = self.sender.send_request(request).await?;
            let status = response.status();
            Ok::<_, hyper::Error>((status, response.into_body().collect().await?.to_bytes()))
        };
        let (status, body) = response.await.with_context(|| format!("no response to {path}"))?;
        Ok(Response { status, body, took: start.elapsed() })
    }
}

async fn open(host: &str) -> Result<(SendRequest<Empty<Bytes>>, AbortOnDropHandle<()>)> {
    let connected = TcpStream::connect(host).await;
    let stream = connected.with_context(|| format!("could not connect to {host}"))?;
    stream.set_nodelay(true)?;
    let (sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
    let connection = tokio::spawn(async move {
        if let Err(error) = connection.await {
            tracing::debug!(%error, "a connection failed");
        }
    });
    Ok((sender, AbortOnDropHandle::new(connection)))
}

fn bearer(token: &str) -> String {
    format!("Bearer {token}")
}
