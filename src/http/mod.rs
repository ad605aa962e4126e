//! The HTTP server: the site's router and what surrounds every request.

mod authentication;
mod error;
mod extract;
mod headers;
mod listen;
mod monitoring;
mod pages;
mod request_id;
mod site;

use std::sync::Arc;

use axum::{
    Router,
    extract::{DefaultBodyLimit, FromRef, Request, State},
    http::{Method, StatusCode},
    middleware,
    response::{IntoResponse as _, Response},
    routing::get,
};
use clock::SharedClock;
use environments::Environments;
use identity::Identity;
use leptos::config::LeptosOptions;
use tokio_util::sync::CancellationToken;
use tower_http::{
    catch_panic::CatchPanicLayer,
    compression::{
        CompressionLayer,
        predicate::{DefaultPredicate, NotForContentType, Predicate as _},
    },
};
use utoipa_swagger_ui::SwaggerUi;
use wire::UiConfig;

pub use authentication::caller_of;
pub use error::ApiError;
pub use extract::{Launcher, Path, Query, Session, SignedIn};
pub use listen::{bind, serve};
pub use monitoring::{health_router, metrics_router};

use crate::rest;

/// No request of ours needs a larger body.
const LARGEST_BODY: usize = 64 * 1024;

/// What the handlers share.
#[derive(Debug, Clone, FromRef)]
pub struct AppState {
    /// The rules.
    pub environments: Environments,
    /// Who is calling.
    pub identity: Identity,
    /// What is switched on.
    pub features: UiConfig,
    /// The time.
    pub clock: SharedClock,
    /// Cancelled when the server stops, so that streams end.
    pub stopping: CancellationToken,
    /// How the web app was built.
    pub leptos: LeptosOptions,
}

impl AppState {
    /// The state of a server.
    #[must_use]
    pub fn new(
        environments: Environments,
        identity: Identity,
        features: UiConfig,
        clock: SharedClock,
        stopping: CancellationToken,
    ) -> Self {
        let leptos = LeptosOptions::builder()
            .output_name("dploy")
            .site_pkg_dir(Arc::<str>::from(site::package_folder()))
            .build();
        Self { environments, identity, features, clock, stopping, leptos }
    }
}

/// The whole site: pages, server functions, REST, sign-in, documentation, files.
///
/// `extra` has routes of the role at hand, e.g. of the development provider.
pub fn router(state: AppState, extra: Router<AppState>) -> Router {
    let (api, document) = rest::router();
    let compressed = DefaultPredicate::new().and(NotForContentType::const_new("application/wasm"));
    pages::routes(&state)
        .merge(api)
        .merge(extra)
        .merge(SwaggerUi::new("/docs").url("/openapi.json", document))
        .route("/pkg/{folder}/{name}", get(site::package_file))
        .fallback(elsewhere)
        .method_not_allowed_fallback(|| async { ApiError::MethodNotAllowed })
        .layer(middleware::from_fn_with_state(state.clone(), pages::launch_page_for_browsers))
        .layer(middleware::from_fn_with_state(state.clone(), authentication::authenticate))
        .merge(authentication::routes(&state))
        .layer(DefaultBodyLimit::max(LARGEST_BODY))
        .layer(CompressionLayer::new().compress_when(compressed))
        .layer(middleware::from_fn(headers::secure))
        .layer(CatchPanicLayer::custom(request_id::panicked))
        .layer(middleware::from_fn(request_id::trace))
        .with_state(state)
}

/// A file of the site, the page that says that nothing is here, or the same for programs.
async fn elsewhere(State(state): State<AppState>, request: Request) -> Response {
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return ApiError::no_such_path().into_response();
    }
    match site::public_file(request.uri().path(), request.headers()) {
        Ok(file) => file,
        Err(_) if pages::wanted(request.headers()) => {
            let mut page = pages::render(&state, request).await;
            *page.status_mut() = StatusCode::NOT_FOUND;
            page
        }
        Err(error) => error.into_response(),
    }
}
