//! The layer between `kube` and the network: deadlines, repetitions, and the end of silent watches.

use std::{
    convert::Infallible,
    task::{Context, Poll},
    time::Duration,
};

use bytes::Bytes;
use clock::World;
use futures::{FutureExt as _, future::BoxFuture};
use http::{Request, Response};
use http_body_util::{BodyExt as _, Full, combinators::UnsyncBoxBody};
use kube::client::Body;
use tokio::time::{Instant, sleep, timeout, timeout_at};
use tower::{BoxError, Service, ServiceExt as _};

use crate::{
    APPLY_DEADLINE, CALL_DEADLINE, DeadlineExceeded, WATCH_IDLE_TIMEOUT, WATCH_START_DEADLINE,
    call::Call, idle::IdleTimeout, retry::Pauses,
};

type ResponseBody = UnsyncBoxBody<Bytes, BoxError>;

/// A service with deadlines and repetitions (see the crate's documentation).
#[derive(Debug, Clone)]
pub struct Resilient<S> {
    inner: S,
    limits: Limits,
    world: World,
}

/// The limits of the calls.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    pub(crate) call: Duration,
    pub(crate) apply: Duration,
    pub(crate) watch_start: Duration,
    pub(crate) watch_idle: Duration,
    pub(crate) pauses: Pauses,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            call: CALL_DEADLINE,
            apply: APPLY_DEADLINE,
            watch_start: WATCH_START_DEADLINE,
            watch_idle: WATCH_IDLE_TIMEOUT,
            pauses: Pauses { first: Duration::from_millis(100), longest: Duration::from_secs(2) },
        }
    }
}

impl<S> Resilient<S> {
    pub(crate) fn new(inner: S, world: World) -> Self {
        Self { inner, limits: Limits::default(), world }
    }
}

impl<S, B> Service<Request<Body>> for Resilient<S>
where
    S: Service<Request<Body>, Response = Response<B>> + Clone + Send + 'static,
    S::Future: Send + 'static,
    S::Error: Into<BoxError>,
    B: hyper::body::Body<Data = Bytes> + Send + 'static,
    B::Error: Into<BoxError>,
{
    type Response = Response<ResponseBody>;
    type Error = BoxError;
    type Future = BoxFuture<'static, Result<Response<ResponseBody>, BoxError>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        // Each attempt waits until its own clone of the service is ready.
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        let (service, limits) = (self.inner.clone(), self.limits);
        match Call::of(&request) {
            Call::Watch { has_bookmarks } => {
                let idle = has_bookmarks.then_some(limits.watch_idle);
                start_watch(service, request, limits.watch_start, idle).boxed()
            }
            call => {
                let limit = if call == Call::Apply { limits.apply } else { limits.call };
                let deadline = Instant::now() + limit;
                let retries =
                    Retries { call, deadline, pauses: limits.pauses, world: self.world.clone() };
                let answer = async move { retries.send(service, request).await };
                let in_time = timeout_at(deadline, answer);
                in_time.map(move |it| it.map_err(|_| DeadlineExceeded(limit))?).boxed()
            }
        }
    }
}

/// How the requests of one call are repeated.
struct Retries {
    call: Call,
    deadline: Instant,
    pauses: Pauses,
    world: World,
}

impl Retries {
    /// Sends the request until its answer is final, and collects the answer.
    async fn send<S, B>(
        &self,
        service: S,
        mut request: Request<Body>,
    ) -> Result<Response<ResponseBody>, BoxError>
    where
        S: Service<Request<Body>, Response = Response<B>> + Clone + Send,
        S::Future: Send,
        S::Error: Into<BoxError>,
        B: hyper::body::Body<Data = Bytes> + Send,
        B::Error: Into<BoxError>,
    {
        let mut attempts = 0;
        loop {
            let copy = copy(&request);
            let response = service.clone().oneshot(request).await.map_err(Into::into)?;
            let response = collect(response).await?;
            attempts += 1;
            let (Some(copy), Some(pause)) = (copy, self.pause(attempts, &response)) else {
                return Ok(response);
            };
            tracing::debug!(status = response.status().as_u16(), attempts, "repeating a request");
            sleep(pause).await;
            request = copy;
        }
    }

    /// The pause before the request is repeated; `None` when the answer is final, or when the pause
    /// would outlast the deadline.
    fn pause<B>(&self, attempts: u32, response: &Response<B>) -> Option<Duration> {
        if !self.call.is_repeated_after(response.status()) {
            return None;
        }
        let pause = self.pauses.after(attempts, response.headers(), &self.world)?;
        (Instant::now() + pause < self.deadline).then_some(pause)
    }
}

/// Starts a watch within `limit`. An answer that is no success is collected.
async fn start_watch<S, B>(
    service: S,
    request: Request<Body>,
    limit: Duration,
    idle: Option<Duration>,
) -> Result<Response<ResponseBody>, BoxError>
where
    S: Service<Request<Body>, Response = Response<B>> + Send,
    S::Future: Send,
    S::Error: Into<BoxError>,
    B: hyper::body::Body<Data = Bytes> + Send + 'static,
    B::Error: Into<BoxError>,
{
    let started = async {
        let response = service.oneshot(request).await.map_err(Into::into)?;
        if !response.status().is_success() {
            return collect(response).await;
        }
        Ok(response.map(|body| match idle {
            Some(idle) => IdleTimeout::new(body, idle).boxed_unsync(),
            None => body.map_err(Into::into).boxed_unsync(),
        }))
    };
    timeout(limit, started).await.map_err(|_| DeadlineExceeded(limit))?
}

async fn collect<B>(response: Response<B>) -> Result<Response<ResponseBody>, BoxError>
where
    B: hyper::body::Body<Data = Bytes>,
    B::Error: Into<BoxError>,
{
    let (parts, body) = response.into_parts();
    let bytes = body.collect().await.map_err(Into::into)?.to_bytes();
    let body = Full::new(bytes).map_err(|never: Infallible| match never {}).boxed_unsync();
    Ok(Response::from_parts(parts, body))
}

/// A copy of the request; `None` when its body is a stream.
fn copy(request: &Request<Body>) -> Option<Request<Body>> {
    let mut copy = Request::new(request.body().try_clone()?);
    copy.method_mut().clone_from(request.method());
    copy.uri_mut().clone_from(request.uri());
    *copy.version_mut() = request.version();
    copy.headers_mut().clone_from(request.headers());
    copy.extensions_mut().clone_from(request.extensions());
    Some(copy)
}

#[cfg(test)]
mod tests;
