//! One id for each request: in its log lines, in its answer, and in what a client may quote when it complains.

use std::{any::Any, time::Instant};

use axum::{
    extract::Request,
    http::{HeaderName, HeaderValue},
    middleware::Next,
    response::{IntoResponse as _, Response},
};
use tracing::Instrument as _;

use super::ApiError;

const HEADER: HeaderName = HeaderName::from_static("x-request-id");
/// A proxy's id is taken over when it is short and plain, so that its logs and ours can be read together.
const LONGEST: usize = 64;

/// Gives the request its id and logs how it ended. The path's query stays out of the log: it may hold codes and parameters.
pub(super) async fn trace(request: Request, next: Next) -> Response {
    let id = given_id(&request).unwrap_or_else(clock::random_hex::<8>);
    let span = tracing::info_span!("request", id = %id, method = %request.method(), path = %request.uri().path());
    let started = Instant::now();
    let mut response = next.run(request).instrument(span.clone()).await;
    span.in_scope(|| {
        tracing::debug!(status = response.status().as_u16(), elapsed = ?started.elapsed(), "answered");
    });
    if let Ok(value) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(HEADER, value);
    }
    response
}

fn given_id(request: &Request) -> Option<String> {
    let id = request.headers().get(HEADER)?.to_str().ok()?;
    let plain = id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    (plain && (1..=LONGEST).contains(&id.len())).then(|| id.to_owned())
}

/// A bug in a handler answers like any other internal error.
pub(super) fn panicked(cause: Box<dyn Any + Send + 'static>) -> Response {
    let what = cause
        .downcast_ref::<&str>()
        .map(ToString::to_string)
        .or_else(|| cause.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "a panic without a message".to_owned());
    ApiError::Internal(what.into()).into_response()
}
