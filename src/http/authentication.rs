//! Authenticates each request once. Refuses none: the extractors of `extract` do that.

use std::sync::Arc;

use axum::{
    extract::{Request, State},
    http::{HeaderValue, header},
    middleware::Next,
    response::Response,
};
use environments::Caller;
use identity::{Authenticated, Identity, Principal};

/// The extension of a request that holds the result of its authentication.
pub(super) type Authentication = Arc<Authenticated>;

/// Authenticates a request, and keeps the response to a caller out of shared caches.
pub(crate) async fn authenticate(
    State(identity): State<Identity>,
    mut request: Request,
    next: Next,
) -> Response {
    let authenticated = identity.authenticate(request.headers(), request.method()).await;
    let set_cookies = authenticated.set_cookies.clone();
    let is_personal = authenticated.principal.is_some();
    request.extensions_mut().insert(Authentication::new(authenticated));
    let mut response = next.run(request).await;
    for value in set_cookies {
        response.headers_mut().append(header::SET_COOKIE, value);
    }
    if is_personal {
        let private = HeaderValue::from_static("private, no-store");
        response.headers_mut().entry(header::CACHE_CONTROL).or_insert(private);
    }
    response
}

/// The caller of a verified identity.
#[must_use]
pub(crate) fn caller_of(principal: &Principal, identity: &Identity) -> Caller {
    Caller {
        subject: principal.subject.clone(),
        issuer: identity.other_issuer(principal).map(str::to_owned),
        username: principal.username.clone(),
        username_claim: identity.username_claim().to_owned(),
        claims: principal.claims.clone(),
        admin: principal.admin,
    }
}
