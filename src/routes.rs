//! Every route of the server, grouped by who calls it, and the layers around them.
//!
//! A trailing comment gives the path that the handler declares; a test compares it with the OpenAPI
//! document. The groups do not check permissions: a handler states its caller with its extractor
//! (`SignedIn`, `SameOriginCaller`), and `src/tests/access.golden` shows the result.

use std::sync::Arc;

use axum::{
    Router,
    extract::DefaultBodyLimit,
    middleware::{from_fn, from_fn_with_state},
    routing::{get, head},
};
use operator::Readiness;
use prometheus_client::registry::Registry;
use tower_http::{
    catch_panic::CatchPanicLayer,
    compression::{
        CompressionLayer,
        predicate::{DefaultPredicate, NotForContentType, Predicate as _},
    },
};
use utoipa::openapi::OpenApi;
use utoipa_axum::{router::OpenApiRouter, routes};
use utoipa_swagger_ui::SwaggerUi;

use crate::{
    http::{
        ApiError, AppState, age, authentication, files, headers, monitoring, overload, pages,
        request_id, sign_in,
    },
    rest::{admin, catalog, documentation, environments, me, probes, run},
};

/// The largest request body in bytes.
const MAX_BODY_BYTES: usize = 64 * 1024;

fn for_anybody() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(catalog::list_catalog)) // GET /api/environments/available
        .routes(routes!(me::get_ui_config)) // GET /api/ui-config
}

fn for_signed_in_callers() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(environments::list_environments)) // GET /api/environments
        .routes(routes!(environments::stream_environments)) // GET /api/environments/stream
        .routes(routes!(me::get_me)) // GET /api/me
        .merge(run())
}

/// These routes exist a second time below `/api`.
fn run() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(run::launch_environment, run::delete_environment)) // GET, DELETE /run/{env}
        .route("/run/{env}", head(run::refuse_head))
        .routes(routes!(run::get_environment_status)) // GET /run/{env}/status
        .routes(routes!(run::extend_environment)) // POST /run/{env}/extend
}

fn for_admins() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(admin::list_instances)) // GET /api/admin/instances
        .routes(routes!(admin::list_templates)) // GET /api/admin/templates
}

fn for_probes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(probes::get_health)) // GET /health
        .routes(routes!(probes::get_ready)) // GET /ready
}

/// `app::PAGES` lists the paths of the pages. The server functions are `POST /api/ui/<name>`; the
/// names are `ask`, `choose_theme`, `delete_environment`, `extend_environment` and
/// `launch_environment`.
fn for_browsers(state: &AppState) -> Router<AppState> {
    let pages = app::PAGES
        .iter()
        .fold(Router::new(), |router, path| router.route(path, get(pages::get_page)));
    pages
        .merge(pages::server_functions(state))
        .route("/pkg/{folder}/{name}", get(files::package_file))
}

/// Outside the layers that authenticate a request: sign-in works with a broken session.
fn for_signing_in() -> Router<AppState> {
    Router::new()
        .route("/auth/login", get(sign_in::begin_sign_in))
        .route("/auth/callback", get(sign_in::finish_sign_in))
        .route("/auth/logout", get(sign_in::sign_out))
}

/// `dploy operate`, at `HEALTH_PORT`.
pub(crate) fn operator_probes(readiness: Readiness) -> Router {
    Router::new()
        .route("/health", get(probes::get_health))
        .route("/ready", get(monitoring::get_ready))
        .with_state(readiness)
}

/// Both roles, at `METRICS_PORT`.
pub(crate) fn metrics(registry: Registry) -> Router {
    Router::new().route("/metrics", get(monitoring::get_metrics)).with_state(Arc::new(registry))
}

/// The OpenAPI document.
#[must_use]
pub fn openapi() -> OpenApi {
    rest().1
}

fn rest() -> (Router<AppState>, OpenApi) {
    let (rest, document) = OpenApiRouter::with_openapi(documentation::without_paths())
        .merge(for_anybody())
        .merge(for_signed_in_callers())
        .merge(for_admins())
        .merge(for_probes())
        .split_for_parts();
    let (run_under_api, _) = run().split_for_parts();
    (rest.nest("/api", run_under_api), documentation::with_paths_under_api(document))
}

/// The site. `extra` has further routes of the role, such as those of the development provider.
pub(crate) fn site(state: AppState, extra: Router<AppState>) -> Router {
    let (rest, document) = rest();
    let authenticated = for_browsers(&state)
        .merge(rest.layer(from_fn_with_state(state.clone(), age::tell)))
        .merge(extra)
        .merge(SwaggerUi::new("/docs").url("/openapi.json", document))
        .fallback(pages::file_or_not_found)
        .method_not_allowed_fallback(method_not_allowed)
        .layer(from_fn_with_state(state.clone(), pages::launch_page_for_browsers))
        .layer(from_fn_with_state(state.clone(), authentication::authenticate));
    let signing_in = for_signing_in().method_not_allowed_fallback(method_not_allowed);
    let compressible =
        DefaultPredicate::new().and(NotForContentType::const_new("application/wasm"));
    authenticated
        .merge(signing_in)
        .layer(DefaultBodyLimit::max(MAX_BODY_BYTES))
        .layer(CompressionLayer::new().compress_when(compressible))
        .layer(from_fn_with_state(state.clone(), overload::shed))
        .layer(from_fn_with_state(state.clone(), headers::secure))
        .layer(CatchPanicLayer::custom(request_id::panicked))
        .layer(from_fn(request_id::trace))
        .with_state(state)
}

async fn method_not_allowed() -> ApiError {
    ApiError::MethodNotAllowed
}

#[cfg(test)]
mod tests;
