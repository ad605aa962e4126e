//! The metric `dploy_cache_age_seconds`: the time since the last message of each watch that keeps a
//! mirror.
//!
//! An idle watch receives a bookmark every minute. `kube` does not expose bookmarks, so a layer of
//! the client records each frame of a watch's body.

use std::{
    collections::BTreeMap,
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll},
};

use bytes::Bytes;
use futures::{FutureExt as _, TryFutureExt as _, future::BoxFuture};
use http::{Request, Response, Uri};
use http_body_util::{BodyExt, combinators::UnsyncBoxBody};
use kube::client::Body;
use prometheus_client::{
    collector::Collector,
    encoding::{DescriptorEncoder, EncodeMetric as _},
    metrics::{MetricType, gauge::ConstGauge},
    registry::Registry,
};
use tokio::time::Instant;
use tower::{BoxError, Layer, Service};

type ResponseBody = UnsyncBoxBody<Bytes, BoxError>;

/// The time of the last message of each kind's watch. Clones share it.
#[derive(Debug, Clone, Default)]
pub(super) struct WatchAges(Arc<Mutex<BTreeMap<String, Instant>>>);

impl WatchAges {
    /// Adds the metric to a registry.
    pub(super) fn register(&self, registry: &mut Registry) {
        registry.register_collector(Box::new(self.clone()));
    }

    /// Records a message.
    fn record_message(&self, kind: &str) {
        self.last_messages().insert(kind.to_owned(), Instant::now());
    }

    /// Records the first attempt, so that the metric shows a watch that never succeeds.
    fn record_attempt(&self, kind: &str) {
        self.last_messages().entry(kind.to_owned()).or_insert_with(Instant::now);
    }

    fn last_messages(&self) -> MutexGuard<'_, BTreeMap<String, Instant>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The plural of the kind that a request watches for a mirror. `None` for other requests and for
/// the kinds that engines watch.
fn mirrored_kind(uri: &Uri) -> Option<String> {
    let path = uri.path();
    let is_mirrored = path.starts_with("/apis/dploy.dev/") || path == "/api/v1/namespaces";
    let is_watch = uri.query()?.split('&').any(|parameter| parameter == "watch=true");
    (is_mirrored && is_watch).then(|| path.rsplit('/').next().unwrap_or_default().to_owned())
}

impl Collector for WatchAges {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> Result<(), fmt::Error> {
        let last_messages = self.last_messages().clone();
        if last_messages.is_empty() {
            return Ok(());
        }
        let mut encoder = encoder.encode_descriptor(
            "dploy_cache_age_seconds",
            "Time since the last message of the watch that keeps a mirror up to date",
            None,
            MetricType::Gauge,
        )?;
        for (kind, at) in &last_messages {
            let labels = [("kind", kind.as_str())];
            let age = ConstGauge::new(at.elapsed().as_secs_f64());
            age.encode(encoder.encode_family(&labels)?)?;
        }
        Ok(())
    }
}

impl<S> Layer<S> for WatchAges {
    type Service = RecordingClient<S>;

    fn layer(&self, inner: S) -> RecordingClient<S> {
        RecordingClient { inner, watch_ages: self.clone() }
    }
}

/// A client that records the messages of its watches.
#[derive(Debug, Clone)]
pub(super) struct RecordingClient<S> {
    inner: S,
    watch_ages: WatchAges,
}

impl<S, B> Service<Request<Body>> for RecordingClient<S>
where
    S: Service<Request<Body>, Response = Response<B>, Error = BoxError>,
    S::Future: Send + 'static,
    B: hyper::body::Body<Data = Bytes, Error = BoxError> + Send + 'static,
{
    type Response = Response<ResponseBody>;
    type Error = BoxError;
    type Future = BoxFuture<'static, Result<Response<ResponseBody>, BoxError>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        let kind = mirrored_kind(request.uri());
        if let Some(kind) = &kind {
            self.watch_ages.record_attempt(kind);
        }
        let watch_ages = self.watch_ages.clone();
        let record = move |response: Response<B>| match kind {
            Some(kind) if response.status().is_success() => {
                watch_ages.record_message(&kind);
                response.map(|body| {
                    let recorded = body.map_frame(move |frame| {
                        watch_ages.record_message(&kind);
                        frame
                    });
                    recorded.boxed_unsync()
                })
            }
            _ => response.map(BodyExt::boxed_unsync),
        };
        self.inner.call(request).map_ok(record).boxed()
    }
}
