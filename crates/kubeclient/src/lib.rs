//! Clients of the Kubernetes API that both roles use, and that tests use too.
//!
//! `kube` repeats every request up to 15 times after a 429, 503 or 504. A write may have taken
//! effect before such an answer, and its repetition then meets its own effect as a conflict. `kube`
//! also waits without limit for an answer. The clients of this crate differ from it:
//!
//! | request | repeated after | deadline |
//! |---|---|---|
//! | read: `GET` without `watch` | 429, 503, 504 | [`CALL_DEADLINE`] |
//! | server-side apply | 429 | [`APPLY_DEADLINE`] |
//! | other write | 429 | [`CALL_DEADLINE`] |
//! | watch | never | [`WATCH_START_DEADLINE`], then [`WATCH_IDLE_TIMEOUT`] per message |
//!
//! The caller of a watch begins it again. An API server answers 429 before it executes a request. A
//! deadline covers all attempts with their pauses and the whole answer. After it, the call fails
//! with [`DeadlineExceeded`], and nothing is known about the request's effect.
//!
//! [`connect`] returns a client of a configured cluster. [`over`] adds the same layer to any
//! service, such as the embedded API server or a network that a test interrupts.

mod cache_ages;
mod call;
mod idle;
mod resilient;
mod retry;
mod transport;
mod vitals;

use std::time::Duration;

use clock::World;
use http::{Request, Response};
use kube::client::{Body, ClientBuilder};
use thiserror::Error;
use tower::{BoxError, Service};

pub use self::{
    cache_ages::CacheAges,
    resilient::Resilient,
    transport::{Transport, connect},
    vitals::Vitals,
};

/// How long a call may take, with all repetitions and the whole answer. Server-side applies and
/// watches have limits of their own.
pub const CALL_DEADLINE: Duration = Duration::from_secs(10);

/// How long a server-side apply may take. An API server computes its result from the schema and may
/// call admission webhooks, each of which may take up to 30 s.
pub const APPLY_DEADLINE: Duration = Duration::from_secs(30);

/// How long the start of a watch may take: up to the head of its answer. An API server that is
/// filling its own cache delays it.
pub const WATCH_START_DEADLINE: Duration = Duration::from_secs(30);

/// The time without a message after which a watch ends. An API server sends a bookmark about every
/// 60 s, and so does the embedded one. A watch without bookmarks has no such limit.
pub const WATCH_IDLE_TIMEOUT: Duration = Duration::from_secs(130);

/// A call was not answered within its deadline. Whether it took effect is not known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("the API server did not answer within {} ms", .0.as_millis())]
pub struct DeadlineExceeded(pub Duration);

/// A client that sends through `service`, with this crate's limits and retries. The pauses between
/// retries are drawn from `world`.
pub fn over<S, B>(
    service: S,
    default_namespace: impl Into<String>,
    world: World,
) -> ClientBuilder<Resilient<S>>
where
    S: Service<Request<Body>, Response = Response<B>> + Clone + Send + 'static,
    S::Future: Send + 'static,
    S::Error: Into<BoxError>,
    B: hyper::body::Body<Data = bytes::Bytes> + Send + 'static,
    B::Error: Into<BoxError>,
{
    ClientBuilder::new(Resilient::new(service, world), default_namespace)
}
