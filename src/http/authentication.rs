//! Who is calling, learned once for each request. Nothing is refused here: that is for what needs a caller.

use std::sync::Arc;

use axum::{
    Router,
    extract::{Request, State},
    http::{HeaderValue, header},
    middleware::{self, Next},
    response::Response,
};
use environments::Caller;
use identity::{Authenticated, Identity, LoginError, Principal};

use super::{AppState, pages};

/// What a request's credentials say, as its extension.
pub(super) type Outcome = Arc<Authenticated>;

/// Learns who is calling. An answer to somebody in particular is kept by no cache.
pub(super) async fn authenticate(
    State(identity): State<Identity>,
    mut request: Request,
    next: Next,
) -> Response {
    let authenticated = identity.authenticate(request.headers(), request.method()).await;
    let set_cookies = authenticated.set_cookies.clone();
    let personal = authenticated.principal.is_some();
    request.extensions_mut().insert(Outcome::new(authenticated));
    let mut response = next.run(request).await;
    for value in set_cookies {
        response.headers_mut().append(header::SET_COOKIE, value);
    }
    if personal {
        let private = HeaderValue::from_static("private, no-store");
        response.headers_mut().entry(header::CACHE_CONTROL).or_insert(private);
    }
    response
}

/// Signing in and out. A failure is a page for whoever looks at pages.
pub(super) fn routes(state: &AppState) -> Router<AppState> {
    state.identity.router().layer(middleware::from_fn(failure_as_page)).with_state(())
}

async fn failure_as_page(request: Request, next: Next) -> Response {
    let wants_page = pages::wanted(request.headers());
    let response = next.run(request).await;
    match response.extensions().get::<Arc<LoginError>>().cloned() {
        Some(error) if wants_page => pages::sign_in_failed(&error, &response),
        _ => response,
    }
}

/// The caller that the rules know, from a verified identity.
#[must_use]
pub fn caller_of(principal: &Principal, identity: &Identity) -> Caller {
    Caller {
        subject: principal.subject.clone(),
        username: principal.username.clone(),
        username_claim: identity.username_claim().to_owned(),
        claims: principal.claims.clone(),
        admin: principal.admin,
    }
}
