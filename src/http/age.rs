//! The header `Age` (RFC 9111, section 5.1) of answers from the cache while the API server does not
//! answer.

use axum::{
    extract::{Request, State},
    http::{HeaderValue, Method, header::AGE},
    middleware::Next,
    response::Response,
};
use environments::Environments;

/// Adds the age of the cache to the answer to a read, in seconds, while it may lack changes.
pub(crate) async fn tell(
    State(environments): State<Environments>,
    request: Request,
    next: Next,
) -> Response {
    let is_read = request.method() == Method::GET;
    let mut response = next.run(request).await;
    let seconds = environments.out_of_date_for().as_secs();
    if is_read && response.status().is_success() && seconds > 0 {
        response.headers_mut().insert(AGE, HeaderValue::from(seconds));
    }
    response
}
