//! Gives each request an id, which is in its log lines and in its response.

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
/// The longest id that is taken from the request, so that a proxy's log and ours have the same id.
const MAX_ID_BYTES: usize = 64;

/// Gives the request its id and logs its status. Omits the query string, which may hold codes and
/// parameters.
pub(crate) async fn trace(request: Request, next: Next) -> Response {
    let id = id_of(&request).unwrap_or_else(clock::random_hex::<8>);
    let span = tracing::info_span!("request", id = %id, method = %request.method(), path = %request.uri().path());
    let started = Instant::now();
    let answered = audit::request::with_id(id.clone(), next.run(request));
    let mut response = answered.instrument(span.clone()).await;
    span.in_scope(|| {
        tracing::debug!(status = response.status().as_u16(), elapsed = ?started.elapsed(), "answered");
    });
    if let Ok(value) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(HEADER, value);
    }
    response
}

/// The id in the request's header: up to [`MAX_ID_BYTES`] letters, digits and `-`.
fn id_of(request: &Request) -> Option<String> {
    let id = request.headers().get(HEADER)?.to_str().ok()?;
    let is_plain = id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    (is_plain && (1..=MAX_ID_BYTES).contains(&id.len())).then(|| id.to_owned())
}

/// Answers a panic of a handler like any other internal error.
pub(crate) fn panicked(payload: Box<dyn Any + Send + 'static>) -> Response {
    let message = payload
        .downcast_ref::<&str>()
        .map(ToString::to_string)
        .or_else(|| payload.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "a panic without a message".to_owned());
    ApiError::Internal(message.into()).into_response()
}
