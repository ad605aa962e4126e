//! How long ago each watch of the cluster was last heard of: the age of the caches. An idle watch is heard of too, by the
//! bookmarks that the API server sends every minute; the libraries keep those to themselves, so this listens to the connection.

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

type Answer = UnsyncBoxBody<Bytes, BoxError>;

/// When each kind's watch was last heard of. Clones share it.
#[derive(Debug, Clone, Default)]
pub(super) struct Watches(Arc<Mutex<BTreeMap<String, Instant>>>);

impl Watches {
    /// Has Prometheus see the ages.
    pub(super) fn register(&self, registry: &mut Registry) {
        registry.register_collector(Box::new(self.clone()));
    }

    /// Something came.
    fn heard(&self, kind: &str) {
        self.kinds().insert(kind.to_owned(), Instant::now());
    }

    /// The first attempt counts, so that a watch that never comes about shows, too.
    fn tried(&self, kind: &str) {
        self.kinds().entry(kind.to_owned()).or_insert_with(Instant::now);
    }

    fn kinds(&self) -> MutexGuard<'_, BTreeMap<String, Instant>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The kind, in the plural, that a request watches to keep a cache. What engines watch is their own business.
fn cached_kind(uri: &Uri) -> Option<String> {
    let path = uri.path();
    let cached = path.starts_with("/apis/dploy.dev/") || path == "/api/v1/namespaces";
    let watch = uri.query()?.split('&').any(|it| it == "watch=true");
    (cached && watch).then(|| path.rsplit('/').next().unwrap_or_default().to_owned())
}

impl Collector for Watches {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> Result<(), fmt::Error> {
        let kinds = self.kinds().clone();
        if kinds.is_empty() {
            return Ok(());
        }
        let mut encoder = encoder.encode_descriptor(
            "dploy_cache_age_seconds",
            "Since when nothing was heard of the watch that keeps a cache up to date",
            None,
            MetricType::Gauge,
        )?;
        for (kind, heard) in &kinds {
            let labels = [("kind", kind.as_str())];
            let age = ConstGauge::new(heard.elapsed().as_secs_f64());
            age.encode(encoder.encode_family(&labels)?)?;
        }
        Ok(())
    }
}

impl<S> Layer<S> for Watches {
    type Service = Listening<S>;

    fn layer(&self, inner: S) -> Listening<S> {
        Listening { inner, watches: self.clone() }
    }
}

/// A client's connection whose watches are listened to.
#[derive(Debug, Clone)]
pub(super) struct Listening<S> {
    inner: S,
    watches: Watches,
}

impl<S, B> Service<Request<Body>> for Listening<S>
where
    S: Service<Request<Body>, Response = Response<B>, Error = BoxError>,
    S::Future: Send + 'static,
    B: hyper::body::Body<Data = Bytes, Error = BoxError> + Send + 'static,
{
    type Response = Response<Answer>;
    type Error = BoxError;
    type Future = BoxFuture<'static, Result<Response<Answer>, BoxError>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        let kind = cached_kind(request.uri());
        if let Some(kind) = &kind {
            self.watches.tried(kind);
        }
        let watches = self.watches.clone();
        let listen = move |response: Response<B>| match kind {
            Some(kind) if response.status().is_success() => {
                watches.heard(&kind);
                response.map(|body| {
                    let heard = body.map_frame(move |frame| {
                        watches.heard(&kind);
                        frame
                    });
                    heard.boxed_unsync()
                })
            }
            _ => response.map(BodyExt::boxed_unsync),
        };
        self.inner.call(request).map_ok(listen).boxed()
    }
}
