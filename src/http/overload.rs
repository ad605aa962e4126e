//! Sheds load: a replica that has too many requests answers 503 at once.
//!
//! Reads, changes and event streams have limits of their own, and so have the event streams of one
//! person. Changes wait for the API server, so
//! when it is slow they must not take the place of reads. Probes have no limit: a busy replica is
//! alive.

use std::sync::{Arc, atomic::AtomicU64};

use axum::{
    body::Body,
    extract::{Request, State},
    http::{HeaderValue, Method, Uri, header::CONTENT_TYPE},
    middleware::Next,
    response::{IntoResponse as _, Response},
};
use environments::Caller;
use futures::{Stream, StreamExt as _};
use prometheus_client::{
    encoding::EncodeLabelSet,
    metrics::{counter::Counter, family::Family},
    registry::Registry,
};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_util::sync::CancellationToken;

use super::{
    ApiError, pages,
    personal_streams::{PersonalStream, PersonalStreams},
};
use crate::config::CapacityConfig;

/// How many requests a replica answers at the same time. Clones share the limits.
#[derive(Debug, Clone)]
pub(crate) struct Capacity {
    reads: Arc<Semaphore>,
    changes: Arc<Semaphore>,
    streams: Arc<Semaphore>,
    personal_streams: PersonalStreams,
    shed: Family<Shed, Counter<u64, AtomicU64>>,
}

/// The label of a request that was refused.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Shed {
    kind: &'static str,
}

/// The place of an open event stream, which is free again when this is dropped.
#[derive(Debug)]
pub(crate) struct StreamPlace {
    personal: PersonalStream,
    _permit: OwnedSemaphorePermit,
}

impl StreamPlace {
    /// Cancelled when the person has opened too many streams since, and this is the oldest.
    pub(crate) fn replaced(&self) -> CancellationToken {
        self.personal.replaced.clone()
    }

    /// Keeps the place until the stream is dropped.
    pub(crate) fn hold<S: Stream>(self, stream: S) -> impl Stream<Item = S::Item> {
        stream.inspect(move |_| _ = &self)
    }
}

impl Capacity {
    /// The limits of a configuration.
    pub(crate) fn new(config: CapacityConfig) -> Self {
        let CapacityConfig { max_reads, max_changes, max_streams } = config;
        let semaphore = |permits| Arc::new(Semaphore::new(permits));
        Self {
            reads: semaphore(max_reads),
            changes: semaphore(max_changes),
            streams: semaphore(max_streams),
            personal_streams: PersonalStreams::default(),
            shed: Family::default(),
        }
    }

    /// Registers the number of refused requests.
    pub(crate) fn register_metrics(&self, registry: &mut Registry) {
        registry.register(
            "dploy_requests_shed",
            "Requests that were answered 503 because the replica had too many, by kind",
            self.shed.clone(),
        );
    }

    /// A place for an event stream of the caller.
    ///
    /// # Errors
    /// [`ApiError::Overloaded`] when all are taken.
    pub(crate) fn stream_place(&self, caller: &Caller) -> Result<StreamPlace, ApiError> {
        let permit = self.place(&self.streams, "stream")?;
        Ok(StreamPlace { personal: self.personal_streams.open(caller), _permit: permit })
    }

    fn place(
        &self,
        limit: &Arc<Semaphore>,
        kind: &'static str,
    ) -> Result<OwnedSemaphorePermit, ApiError> {
        Arc::clone(limit).try_acquire_owned().map_err(|_| {
            self.shed.get_or_create(&Shed { kind }).inc();
            ApiError::Overloaded
        })
    }

    /// `None` for a probe.
    fn place_for(&self, request: &Request) -> Result<Option<OwnedSemaphorePermit>, ApiError> {
        if is_probe(request.uri()) {
            Ok(None)
        } else if is_change(request.method(), request.uri()) {
            self.place(&self.changes, "change").map(Some)
        } else {
            self.place(&self.reads, "read").map(Some)
        }
    }
}

/// Answers 503 when the limit of the request's kind is reached. A browser that navigates gets a
/// page that tries again by itself.
pub(crate) async fn shed(
    State(capacity): State<Capacity>,
    request: Request,
    next: Next,
) -> Response {
    match capacity.place_for(&request) {
        Ok(_place) => next.run(request).await,
        Err(error) if pages::is_wanted(request.headers()) => {
            let mut response = error.into_response();
            let html = HeaderValue::from_static("text/html; charset=utf-8");
            response.headers_mut().insert(CONTENT_TYPE, html);
            response.map(|_| Body::from(BUSY_PAGE))
        }
        Err(error) => error.into_response(),
    }
}

/// Has no style of its own, because each file is one more request.
const BUSY_PAGE: &str = include_str!("busy_page.html");

fn is_probe(uri: &Uri) -> bool {
    matches!(uri.path(), "/health" | "/ready")
}

/// Whether the request may change something: a launch is a GET. Server functions are POSTs; the web
/// app also reads with them.
fn is_change(method: &Method, uri: &Uri) -> bool {
    let path = uri.path();
    let run = path.strip_prefix("/api").unwrap_or(path).strip_prefix("/run/");
    let is_launch = run.is_some_and(|template| !template.contains('/'));
    is_launch || (*method != Method::GET && *method != Method::HEAD && path != ASK)
}

/// The server function that reads.
const ASK: &str = "/api/ui/ask";

#[cfg(test)]
mod tests;
