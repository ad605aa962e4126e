//! Renders the web app's pages, mounts its server functions, and decides who gets a page instead of
//! JSON.

use app::SignInFailure;
use axum::{
    Router,
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, Method, StatusCode, header, request::Parts},
    middleware::Next,
    response::{IntoResponse as _, Response},
};
use identity::{SignInError, is_from_elsewhere};
use leptos::{nonce::use_nonce, prelude::use_context};
use leptos_axum::{LeptosRoutes as _, ResponseOptions};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use super::{
    ApiError, AppState,
    authentication::{Authentication, caller_of},
    files, headers,
};

/// The server functions of `app::server_fns`, each at its own path.
pub(crate) fn server_functions(state: &AppState) -> Router<AppState> {
    let options = state.leptos.clone();
    Router::new().leptos_routes_with_context(state, Vec::new(), context(state), move || {
        app::shell(options.clone())
    })
}

/// The page at the request's path.
pub(crate) async fn get_page(State(state): State<AppState>, request: Request) -> Response {
    render(&state, request).await
}

/// Answers a path without a route: a file of the site, the page "not found", or a JSON error.
pub(crate) async fn file_or_not_found(State(state): State<AppState>, request: Request) -> Response {
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return ApiError::no_such_path().into_response();
    }
    match files::public_file(request.uri().path(), request.headers()) {
        Ok(file) => file,
        Err(_) if is_wanted(request.headers()) => {
            let mut page = render(&state, request).await;
            *page.status_mut() = StatusCode::NOT_FOUND;
            page
        }
        Err(error) => error.into_response(),
    }
}

/// Renders the whole page before the first byte: without JavaScript, a browser cannot place parts
/// that are streamed out of order. A page differs from person to person.
async fn render(state: &AppState, request: Request) -> Response {
    let options = state.leptos.clone();
    let handler = leptos_axum::render_app_async_with_context(context(state), move || {
        app::shell(options.clone())
    });
    let mut response = handler(request).await.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.append(header::VARY, HeaderValue::from_static("Cookie"));
    response
}

/// Answers a browser that navigates to `/run/{env}` with the launch page instead of JSON
/// (docs/contract.md, "REST"). The page launches at once. A page of another site must not make it
/// do so, because it chose the template and the parameters.
pub(crate) async fn launch_page_for_browsers(
    State(state): State<AppState>,
    request: Request,
    next: Next,
) -> Response {
    let template = request.uri().path().strip_prefix("/run/");
    let is_launch = template.is_some_and(|rest| !rest.is_empty() && !rest.contains('/'));
    if is_launch && request.method() == Method::GET && is_wanted(request.headers()) {
        return launch_page(&state, request).await;
    }
    next.run(request).await
}

async fn launch_page(state: &AppState, request: Request) -> Response {
    let arrived = state.identity.arrived(request.headers(), path_and_query(&request));
    if arrived.is_none() && is_from_elsewhere(request.headers()) && !asks(&request) {
        return redirect(&asking(&request));
    }
    let authentication = request.extensions().get::<Authentication>();
    let is_anonymous = authentication.is_none_or(|result| result.principal.is_none());
    let mut response =
        if is_anonymous { sign_in_first(&request) } else { render(state, request).await };
    for cookie in arrived.into_iter().flatten() {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}

/// Whether the page waits for the button.
fn asks(request: &Request) -> bool {
    let query = request.uri().query().unwrap_or_default();
    form_urlencoded::parse(query.as_bytes()).any(|(name, _)| name == app::WAIT_PARAMETER)
}

/// The address at which the page waits for the button.
fn asking(request: &Request) -> String {
    let separator = if request.uri().query().is_some() { '&' } else { '?' };
    format!("{}{separator}{}", path_and_query(request), app::WAIT_PARAMETER)
}

fn path_and_query(request: &Request) -> &str {
    request.uri().path_and_query().map_or("/", |path| path.as_str())
}

fn redirect(location: &str) -> Response {
    (StatusCode::FOUND, [(header::LOCATION, location.to_owned())]).into_response()
}

/// Redirects to sign-in, which returns to the requested path.
fn sign_in_first(request: &Request) -> Response {
    let encoded = utf8_percent_encode(path_and_query(request), NON_ALPHANUMERIC);
    redirect(&format!("/auth/login?return_url={encoded}"))
}

/// The path of the page that explains a failed sign-in.
pub(super) fn sign_in_error_path(error: &SignInError) -> String {
    let reason = match error {
        SignInError::NotSetUp => SignInFailure::NotSetUp,
        SignInError::Refused => SignInFailure::Refused,
        SignInError::NoSession => SignInFailure::NoSession,
        SignInError::Mismatch => SignInFailure::Mismatch,
        SignInError::Provider(_) => SignInFailure::Provider,
        SignInError::Verification(_) => SignInFailure::Verification,
    };
    format!("/auth/error?reason={}", reason.as_str())
}

/// Whether the client wants a page: it accepts HTML and sends no token.
pub(super) fn is_wanted(headers: &HeaderMap) -> bool {
    let accepts = |value: &str| value.to_ascii_lowercase().contains("text/html");
    !headers.contains_key(header::AUTHORIZATION)
        && headers.get_all(header::ACCEPT).iter().any(|value| value.to_str().is_ok_and(accepts))
}

/// Provides the context of pages and server functions.
fn context(state: &AppState) -> impl Fn() + Clone + Send + Sync + 'static + use<> {
    let state = state.clone();
    move || {
        let parts = use_context::<Parts>();
        let authentication =
            parts.and_then(|parts| parts.extensions.get::<Authentication>().cloned());
        let principal = authentication.and_then(|result| result.principal.clone()?.ok());
        let caller = principal.map(|principal| caller_of(&principal, &state.identity));
        app::ssr::provide(state.environments.clone(), caller);
        if let (Some(nonce), Some(response)) = (use_nonce(), use_context::<ResponseOptions>())
            && let Some(policy) = headers::page_policy(&nonce)
        {
            response.insert_header(header::CONTENT_SECURITY_POLICY, policy);
        }
    }
}
