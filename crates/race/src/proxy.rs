//! An HTTP proxy in front of the API server, which delays, cuts connections, and answers errors
//! after the effect.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use anyhow::{Context as _, Error, Result, anyhow};
use bytes::Bytes;
use clock::World;
use futures::{StreamExt as _, TryStreamExt as _, stream};
use http::{HeaderValue, Request, Response, StatusCode, header};
use http_body_util::{BodyExt as _, Full, StreamBody, combinators::UnsyncBoxBody};
use hyper::{
    body::{Frame, Incoming},
    server::conn::http1,
    service::service_fn,
};
use hyper_util::rt::TokioIo;
use kube::{Client, Config, client::Body, config::AuthInfo};
use tokio::{
    net::{TcpListener, TcpStream},
    time::sleep,
};
use tokio_util::task::AbortOnDropHandle;

use crate::faults::{Fault, Side};

/// A watch is cut after at most this time.
const MAX_WATCH: Duration = Duration::from_secs(60);

type ProxyBody = UnsyncBoxBody<Bytes, Error>;

/// A running proxy. It stops when dropped.
#[derive(Debug)]
pub(crate) struct Proxy {
    url: String,
    shared: Arc<Shared>,
    _server: AbortOnDropHandle<()>,
}

#[derive(Debug)]
struct Shared {
    is_calm: AtomicBool,
    world: World,
}

impl Proxy {
    /// Starts a proxy to the API server of `config`. The requests bring their own credentials.
    pub(crate) async fn start(mut config: Config, world: World) -> Result<Self> {
        config.auth_info = AuthInfo::default();
        // The proxy must not repeat a request: only the tested processes do.
        config.default_retry = false;
        (config.read_timeout, config.write_timeout) = (None, None);
        let upstream = Client::try_from(config).context("could not create a client")?;
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let url = format!("http://{}", listener.local_addr()?);
        let shared = Arc::new(Shared { is_calm: AtomicBool::new(false), world });
        let server = tokio::spawn(serve(listener, upstream, Arc::clone(&shared)));
        Ok(Self { url, shared, _server: AbortOnDropHandle::new(server) })
    }

    /// The URL that the tested processes use.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// Ends the faults: the proxy passes everything on from now on.
    pub(crate) fn calm(&self) {
        self.shared.is_calm.store(true, Ordering::Relaxed);
    }
}

impl Shared {
    fn fault(&self) -> Fault {
        match self.is_calm.load(Ordering::Relaxed) {
            true => Fault::None,
            false => Fault::draw(&self.world),
        }
    }
}

async fn serve(listener: TcpListener, upstream: Client, shared: Arc<Shared>) {
    loop {
        match listener.accept().await {
            Ok((stream, _)) => {
                tokio::spawn(connection(stream, upstream.clone(), Arc::clone(&shared)));
            }
            Err(error) => {
                tracing::warn!(%error, "the proxy could not accept a connection");
                sleep(Duration::from_millis(100)).await;
            }
        }
    }
}

async fn connection(stream: TcpStream, upstream: Client, shared: Arc<Shared>) {
    let _ = stream.set_nodelay(true);
    let service = service_fn(|request| respond(request, upstream.clone(), Arc::clone(&shared)));
    // An error of the service closes the connection without an answer. That is a fault, too.
    if let Err(error) = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await
    {
        tracing::trace!(%error, "a connection of the proxy has ended");
    }
}

/// Passes a request on and plays the fault that was drawn for it.
async fn respond(
    request: Request<Incoming>,
    upstream: Client,
    shared: Arc<Shared>,
) -> Result<Response<ProxyBody>> {
    if request.uri().query().is_some_and(|query| query.contains("watch=true")) {
        return watch(request, upstream, &shared).await;
    }
    let fault = shared.fault();
    let (head, body) = request.into_parts();
    let body = body.collect().await?.to_bytes().to_vec();
    match fault {
        Fault::Delay(Side::Before, delay) => sleep(delay).await,
        Fault::Status(Side::Before, status) => return Ok(error(status)),
        Fault::Cut(Side::Before) => return Err(anyhow!("cut before the effect")),
        _ => {}
    }
    let response = upstream.send(Request::from_parts(head, Body::from(body))).await?;
    let (head, body) = response.into_parts();
    let body = body.collect_bytes().await?;
    match fault {
        Fault::Delay(Side::After, delay) => sleep(delay).await,
        Fault::Status(Side::After, status) => return Ok(error(status)),
        Fault::Cut(Side::After) => return Err(anyhow!("cut after the effect")),
        Fault::Page => return Ok(page()),
        Fault::Half => {
            let half = body.slice(..body.len() / 2);
            return Ok(Response::from_parts(without_length(head), full(half)));
        }
        _ => {}
    }
    Ok(Response::from_parts(without_length(head), full(body)))
}

/// Passes a watch on until the time that was drawn for it, and cuts it then.
async fn watch(
    request: Request<Incoming>,
    upstream: Client,
    shared: &Arc<Shared>,
) -> Result<Response<ProxyBody>> {
    let (head, _) = request.into_parts();
    let response = upstream.send(Request::from_parts(head, Body::empty())).await?;
    let (head, body) = response.into_parts();
    let calm = shared.is_calm.load(Ordering::Relaxed);
    let end = sleep(if calm { Duration::MAX } else { shared.world.jitter(MAX_WATCH) });
    let events = body.into_data_stream().map_err(Error::from).take_until(end);
    let cut = stream::once(async { Err(anyhow!("cut")) }).take(usize::from(!calm));
    let body = StreamBody::new(events.chain(cut).map_ok(Frame::data)).boxed_unsync();
    Ok(Response::from_parts(without_length(head), body))
}

/// The head without the fields that hyper derives from the body.
fn without_length(mut head: http::response::Parts) -> http::response::Parts {
    head.headers.remove(header::CONTENT_LENGTH);
    head.headers.remove(header::TRANSFER_ENCODING);
    head
}

fn full(body: Bytes) -> ProxyBody {
    Full::new(body).map_err(|never| match never {}).boxed_unsync()
}

/// An error as a load balancer sends it, without a `Status` of Kubernetes.
fn error(status: StatusCode) -> Response<ProxyBody> {
    let mut response = Response::new(full(Bytes::from_static(b"the proxy plays an error")));
    *response.status_mut() = status;
    response
}

/// A page of a gateway, with status 200.
fn page() -> Response<ProxyBody> {
    let mut response = Response::new(full(Bytes::from_static(b"<html>One moment, please.</html>")));
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html"));
    response
}
