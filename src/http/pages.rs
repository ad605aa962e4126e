//! The web app on the server: its pages and server functions, and when a browser gets a page instead of JSON.

use app::SignInFailure;
use axum::{
    Router,
    extract::{Request, State},
    http::{HeaderMap, Method, StatusCode, header, request::Parts},
    middleware::Next,
    response::{IntoResponse as _, Response},
    routing::get,
};
use identity::LoginError;
use leptos::{nonce::use_nonce, prelude::use_context};
use leptos_axum::{LeptosRoutes as _, ResponseOptions};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use super::{
    AppState,
    authentication::{Outcome, caller_of},
    headers,
};

/// Pages and server functions.
pub(super) fn routes(state: &AppState) -> Router<AppState> {
    let options = state.leptos.clone();
    let functions =
        Router::new().leptos_routes_with_context(state, Vec::new(), context(state), move || {
            app::shell(options.clone())
        });
    app::PAGES.iter().fold(functions, |router, path| router.route(path, get(page)))
}

async fn page(State(state): State<AppState>, request: Request) -> Response {
    render(&state, request).await
}

/// Renders whatever page the address names, whole: what is streamed out of order needs JavaScript to be put in place.
pub(super) async fn render(state: &AppState, request: Request) -> Response {
    let options = state.leptos.clone();
    let handler = leptos_axum::render_app_async_with_context(context(state), move || {
        app::shell(options.clone())
    });
    handler(request).await.into_response()
}

/// A browser that navigates to `/run/{env}` gets the launch page instead of JSON (CONTRACT).
pub(super) async fn launch_page_for_browsers(
    State(state): State<AppState>,
    request: Request,
    next: Next,
) -> Response {
    let template = request.uri().path().strip_prefix("/run/");
    let launch = template.is_some_and(|rest| !rest.is_empty() && !rest.contains('/'));
    if launch && request.method() == Method::GET && wanted(request.headers()) {
        let nobody =
            request.extensions().get::<Outcome>().is_none_or(|outcome| outcome.principal.is_none());
        return if nobody { sign_in_first(&request) } else { render(&state, request).await };
    }
    next.run(request).await
}

/// Sends somebody to the identity provider, and then back to where they were going.
fn sign_in_first(request: &Request) -> Response {
    let wanted = request.uri().path_and_query().map_or("/", |path| path.as_str());
    let encoded = utf8_percent_encode(wanted, NON_ALPHANUMERIC);
    let location = format!("/auth/login?return_url={encoded}");
    (StatusCode::FOUND, [(header::LOCATION, location)]).into_response()
}

/// Sends somebody who could not be signed in to the page that says why, with the cookies of the bare answer.
pub(super) fn sign_in_failed(error: &LoginError, bare: &Response) -> Response {
    let location = format!("/auth/error?reason={}", failure(error).as_str());
    let mut response = (StatusCode::SEE_OTHER, [(header::LOCATION, location)]).into_response();
    for cookie in bare.headers().get_all(header::SET_COOKIE) {
        response.headers_mut().append(header::SET_COOKIE, cookie.clone());
    }
    response
}

fn failure(error: &LoginError) -> SignInFailure {
    match error {
        LoginError::NotSetUp => SignInFailure::NotSetUp,
        LoginError::Refused => SignInFailure::Refused,
        LoginError::NoSession => SignInFailure::NoSession,
        LoginError::Mismatch => SignInFailure::Mismatch,
        LoginError::Provider(_) => SignInFailure::Provider,
        LoginError::Verification(_) => SignInFailure::Verification,
    }
}

/// Whether the request comes from somebody who looks at pages: it accepts HTML and bears no token.
pub(super) fn wanted(headers: &HeaderMap) -> bool {
    let accepts = |value: &str| value.to_ascii_lowercase().contains("text/html");
    !headers.contains_key(header::AUTHORIZATION)
        && headers.get_all(header::ACCEPT).iter().any(|value| value.to_str().is_ok_and(accepts))
}

/// What pages and server functions find in their context.
fn context(state: &AppState) -> impl Fn() + Clone + Send + Sync + 'static + use<> {
    let state = state.clone();
    move || {
        let outcome =
            use_context::<Parts>().and_then(|parts| parts.extensions.get::<Outcome>().cloned());
        let principal = outcome.and_then(|outcome| outcome.principal.clone()?.ok());
        let caller = principal.map(|principal| caller_of(&principal, &state.identity));
        app::ssr::provide(state.environments.clone(), caller, state.features);
        if let (Some(nonce), Some(response)) = (use_nonce(), use_context::<ResponseOptions>())
            && let Some(policy) = headers::page_policy(&nonce)
        {
            response.insert_header(header::CONTENT_SECURITY_POLICY, policy);
        }
    }
}
