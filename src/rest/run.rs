//! Handlers that launch, read, extend and delete the caller's environment of a template.

use std::collections::BTreeMap;

use axum::{
    Json,
    extract::State,
    http::{HeaderName, StatusCode, header},
};
use wire::{ErrorBody, Extended, Run};

use crate::http::{ApiError, AppState, Path, Query, SameOriginCaller, SignedIn};

/// Launches a template: creates or claims an environment, or returns the one the owner has.
///
/// Parameters of the template are read from the query string; undeclared ones are ignored.
#[utoipa::path(get, path = "/run/{env}", tag = "run", security(("bearer" = []), ("session" = [])),
    params(("env" = String, Path, description = "the template's name")),
    responses(
        (status = 200, body = Run),
        (status = 400, body = ErrorBody, description = "a parameter is missing or not allowed"),
        (status = 401, body = ErrorBody),
        (status = 403, body = ErrorBody, description = "the quota is used up, or the token has no owner"),
        (status = 404, body = ErrorBody, description = "unknown or disabled"),
        (status = 503, body = ErrorBody, description = "the pool has no unclaimed member; see Retry-After"),
    ))]
pub(crate) async fn launch_environment(
    State(state): State<AppState>,
    SameOriginCaller(caller): SameOriginCaller,
    Path(env): Path<String>,
    Query(parameters): Query<BTreeMap<String, String>>,
) -> Result<Json<Run>, ApiError> {
    Ok(Json(state.environments.launch(&caller, &env, &parameters).await?))
}

/// Refuses HEAD, which axum would route to the GET handler: a HEAD must not launch (RFC 9110,
/// 9.2.1).
pub(crate) async fn refuse_head() -> ([(HeaderName, &'static str); 1], ApiError) {
    ([(header::ALLOW, "GET,DELETE")], ApiError::MethodNotAllowed)
}

/// The caller's environment of a template.
#[utoipa::path(get, path = "/run/{env}/status", tag = "run", security(("bearer" = []), ("session" = [])),
    params(("env" = String, Path, description = "the template's name")),
    responses(
        (status = 200, body = Run),
        (status = 401, body = ErrorBody),
        (status = 404, body = ErrorBody, description = "the caller has no environment of this template"),
    ))]
pub(crate) async fn get_environment_status(
    State(state): State<AppState>,
    SignedIn(caller): SignedIn,
    Path(env): Path<String>,
) -> Result<Json<Run>, ApiError> {
    Ok(Json(state.environments.status(&caller, &env).await?))
}

/// Moves the end of the caller's environment on.
#[utoipa::path(post, path = "/run/{env}/extend", tag = "run", security(("bearer" = []), ("session" = [])),
    params(("env" = String, Path, description = "the template's name")),
    responses(
        (status = 200, body = Extended),
        (status = 400, body = ErrorBody, description = "the environment has no deadline"),
        (status = 401, body = ErrorBody),
        (status = 404, body = ErrorBody, description = "the caller has no environment of this template"),
        (status = 409, body = ErrorBody, description = "the environment has no extension left"),
    ))]
pub(crate) async fn extend_environment(
    State(state): State<AppState>,
    SignedIn(caller): SignedIn,
    Path(env): Path<String>,
) -> Result<Json<Extended>, ApiError> {
    Ok(Json(state.environments.extend(&caller, &env).await?))
}

/// Deletes the caller's environment of a template.
#[utoipa::path(delete, path = "/run/{env}", tag = "run", security(("bearer" = []), ("session" = [])),
    params(("env" = String, Path, description = "the template's name")),
    responses(
        (status = 204, description = "accepted; the environment is listed as Deleting until it is gone"),
        (status = 401, body = ErrorBody),
        (status = 404, body = ErrorBody, description = "the caller has no environment of this template"),
    ))]
pub(crate) async fn delete_environment(
    State(state): State<AppState>,
    SignedIn(caller): SignedIn,
    Path(env): Path<String>,
) -> Result<StatusCode, ApiError> {
    state.environments.remove(&caller, &env).await?;
    Ok(StatusCode::NO_CONTENT)
}
