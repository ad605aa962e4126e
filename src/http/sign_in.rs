//! Sign-in and sign-out of a browser. A failure is a page for a browser and a JSON error for a
//! program.

use axum::{
    extract::{RawQuery, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{AppendHeaders, IntoResponse as _, Response},
};
use identity::{FailedSignIn, Identity, Redirect};

use super::{ApiError, pages};

/// `GET /auth/login?return_url=`: to the identity provider.
pub(crate) async fn begin_sign_in(
    State(identity): State<Identity>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Response {
    match identity.begin_sign_in(&headers, query.as_deref()).await {
        Ok(redirect) => redirected(redirect),
        Err(failed) => refused(failed, &headers),
    }
}

/// `GET /auth/callback?code=&state=`: back from the identity provider.
pub(crate) async fn finish_sign_in(
    State(identity): State<Identity>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Response {
    match identity.finish_sign_in(&headers, query.as_deref()).await {
        Ok(redirect) => redirected(redirect),
        Err(failed) => refused(failed, &headers),
    }
}

/// `GET /auth/logout`: removes Dploy's cookies.
pub(crate) async fn sign_out(State(identity): State<Identity>, headers: HeaderMap) -> Response {
    redirected(identity.sign_out(&headers))
}

fn redirected(redirect: Redirect) -> Response {
    let Redirect { location, mut set_cookies, arrival } = redirect;
    // Only the launch page asks who began the sign-in.
    if location.as_bytes().starts_with(b"/run/") {
        set_cookies.extend(arrival);
    }
    let headers = [(header::LOCATION, location), (header::CACHE_CONTROL, NO_STORE)];
    (StatusCode::FOUND, headers, appended(set_cookies)).into_response()
}

fn refused(failed: FailedSignIn, request: &HeaderMap) -> Response {
    let FailedSignIn { error, set_cookies } = failed;
    if pages::is_wanted(request) {
        let location = [(header::LOCATION, pages::sign_in_error_path(&error))];
        ApiError::SignIn(error).log();
        return (StatusCode::SEE_OTHER, location, appended(set_cookies)).into_response();
    }
    let no_store = [(header::CACHE_CONTROL, NO_STORE)];
    (no_store, appended(set_cookies), ApiError::SignIn(error)).into_response()
}

const NO_STORE: HeaderValue = HeaderValue::from_static("no-store");

fn appended(
    set_cookies: Vec<HeaderValue>,
) -> AppendHeaders<Vec<(header::HeaderName, HeaderValue)>> {
    AppendHeaders(set_cookies.into_iter().map(|value| (header::SET_COOKIE, value)).collect())
}
