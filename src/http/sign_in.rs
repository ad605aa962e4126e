//! Sign-in and sign-out of a browser. A failure is a page for a browser and a JSON error for a
//! program.

use axum::{
    extract::{RawQuery, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{AppendHeaders, Html, IntoResponse as _, Response},
};
use identity::{FailedSignIn, Identity, Redirect, SignOut, is_from_elsewhere};
use leptos::config::LeptosOptions;

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

/// `GET /auth/logout`: ends the session. A browser goes on to the provider's page that ends the
/// provider's session. A page of another site must not sign anybody out, so a navigation by one
/// gets a page with a button.
pub(crate) async fn sign_out(
    State(identity): State<Identity>,
    State(options): State<LeptosOptions>,
    headers: HeaderMap,
) -> Response {
    if is_from_elsewhere(&headers) {
        return sign_out_page(&options);
    }
    let SignOut { set_cookies, provider_page } = identity.sign_out(&headers).await;
    let page = provider_page.filter(|_| pages::is_wanted(&headers));
    let location = page.unwrap_or(HeaderValue::from_static("/"));
    let headers = [(header::LOCATION, location), (header::CACHE_CONTROL, NO_STORE)];
    (StatusCode::FOUND, headers, appended(set_cookies)).into_response()
}

/// Asks whether to sign out. It is no page of the web app, which would be a larger download for
/// everybody.
fn sign_out_page(options: &LeptosOptions) -> Response {
    let style = format!("/{}/{}.css", options.site_pkg_dir, options.output_name);
    let page = include_str!("sign_out_page.html").replace("{style}", &style);
    let headers = [
        (header::CONTENT_SECURITY_POLICY, SIGN_OUT_PAGE_POLICY),
        (header::CACHE_CONTROL, NO_STORE),
    ];
    (headers, Html(page)).into_response()
}

/// The page has a style sheet and two links.
const SIGN_OUT_PAGE_POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; style-src 'self'; font-src 'self'; img-src 'self'; frame-ancestors 'none'; \
     base-uri 'none'; form-action 'none'",
);

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
