//! The REST endpoints of CONTRACT. Handlers are thin: they read the request, ask `environments`, and write the answer.

mod admin;
mod catalog;
mod documentation;
mod environments;
mod me;
mod probes;
mod run;

use axum::{Router, routing::head};
use utoipa::openapi::OpenApi;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::http::AppState;

pub use documentation::openapi;

/// The endpoints and their OpenAPI document.
pub fn router() -> (Router<AppState>, OpenApi) {
    let (api, document) = OpenApiRouter::with_openapi(documentation::head())
        .routes(routes!(probes::get_health))
        .routes(routes!(probes::get_ready))
        .routes(routes!(catalog::list_catalog))
        .routes(routes!(environments::list_environments))
        .routes(routes!(environments::stream_environments))
        .routes(routes!(me::get_me))
        .routes(routes!(me::get_ui_config))
        .routes(routes!(admin::list_instances))
        .routes(routes!(admin::list_templates))
        .merge(run_routes())
        .split_for_parts();
    let (run_again, _) = run_routes().split_for_parts();
    (api.nest("/api", run_again), documentation::complete(document))
}

/// What answers under `/run` and, by CONTRACT, under `/api/run` too.
fn run_routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(run::launch_environment, run::delete_environment))
        .route("/run/{env}", head(run::refuse_head))
        .routes(routes!(run::get_environment_status))
        .routes(routes!(run::extend_environment))
}
