//! Security headers of every response.

use axum::{
    extract::{Request, State},
    http::{HeaderName, HeaderValue, header},
    middleware::Next,
    response::Response,
};
use identity::Identity;
use leptos::nonce::Nonce;

/// The policy of a response that is not a page: it may load and run nothing.
const DEFAULT_POLICY: &str =
    "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";
/// The policy of Swagger UI, whose scripts set inline styles.
const SWAGGER_POLICY: &str = "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; \
                       frame-ancestors 'none'; base-uri 'none'; form-action 'none'; object-src 'none'";

const SECURITY_HEADERS: [(HeaderName, &str); 5] = [
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (header::REFERRER_POLICY, "same-origin"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (
        HeaderName::from_static("permissions-policy"),
        "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    ),
];

/// How long a browser uses only HTTPS for this host: a year.
const HSTS: HeaderValue = HeaderValue::from_static("max-age=31536000");

/// Adds the security headers. A page has already set its own policy.
pub(crate) async fn secure(
    State(identity): State<Identity>,
    request: Request,
    next: Next,
) -> Response {
    let is_documentation = request.uri().path().starts_with("/docs");
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    for (name, value) in SECURITY_HEADERS {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    let policy =
        HeaderValue::from_static(if is_documentation { SWAGGER_POLICY } else { DEFAULT_POLICY });
    headers.entry(header::CONTENT_SECURITY_POLICY).or_insert(policy);
    if identity.is_reached_over_https() {
        headers.entry(header::STRICT_TRANSPORT_SECURITY).or_insert(HSTS);
    }
    response
}

/// The policy of a page whose scripts have this nonce. Styles are files only.
pub(super) fn page_policy(nonce: &Nonce) -> Option<HeaderValue> {
    HeaderValue::from_str(&format!(
        "default-src 'self'; script-src 'self' 'nonce-{nonce}' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' https: data:; \
         font-src 'self'; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'; object-src 'none'"
    ))
    .ok()
}
