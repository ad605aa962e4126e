//! One connection of HTTP/1.1 or HTTP/2.

use std::{
    convert::Infallible,
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use axum::{
    Router,
    body::{Body, Bytes, HttpBody},
    http::{Request, Version},
};
use hyper::body::{Frame, Incoming, SizeHint};
use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::{conn::auto::Builder, graceful::Watcher},
    service::TowerToHyperService,
};
use tokio::net::TcpStream;
use tower::{ServiceExt as _, service_fn};

use super::meter::{Answering, Meter, Metered};

/// The largest header of a request, in bytes.
const MAX_HEADER_BYTES: usize = 32 * 1024;
/// How often an HTTP/2 client is asked whether it is still there.
const PING_INTERVAL: Duration = Duration::from_secs(30);
/// How long it may take to answer.
const PING_TIMEOUT: Duration = Duration::from_secs(15);
/// How many requests of one HTTP/2 connection are answered at the same time.
const MAX_HTTP2_STREAMS: u32 = 100;

/// The settings of all connections.
pub(super) fn builder() -> Builder<TokioExecutor> {
    let mut builder = Builder::new(TokioExecutor::new());
    // `Meter` has the limits of time.
    builder.http1().header_read_timeout(None).max_buf_size(MAX_HEADER_BYTES);
    builder
        .http2()
        .timer(TokioTimer::new())
        .keep_alive_interval(PING_INTERVAL)
        .keep_alive_timeout(PING_TIMEOUT)
        .max_concurrent_streams(MAX_HTTP2_STREAMS)
        .max_header_list_size(MAX_HEADER_BYTES as u32)
        .enable_connect_protocol();
    builder
}

/// Serves a connection until one of both sides ends it, or the client takes too long.
pub(super) async fn serve(
    builder: Builder<TokioExecutor>,
    stream: TcpStream,
    router: Router,
    watcher: Watcher,
) {
    let meter = Meter::new();
    let metered = TokioIo::new(Metered { stream, meter: meter.clone() });
    let seen = meter.clone();
    let service = service_fn(move |request: Request<Incoming>| {
        let answering = seen.answering(request.version() == Version::HTTP_2);
        let router = router.clone();
        async move {
            let response = router.oneshot(request.map(Body::new)).await?;
            Ok::<_, Infallible>(response.map(|body| Answer { body, _answering: answering }))
        }
    });
    let service = TowerToHyperService::new(service);
    let connection = builder.serve_connection_with_upgrades(metered, service);
    tokio::select! {
        ended = watcher.watch(connection) => {
            if let Err(error) = ended {
                tracing::trace!(error, "a connection failed");
            }
        }
        () = meter.is_over() => tracing::debug!("closed a connection whose client takes too long"),
    }
}

/// The body of a response. The request is being answered until the body is dropped.
struct Answer {
    body: Body,
    _answering: Answering,
}

impl HttpBody for Answer {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.body).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
