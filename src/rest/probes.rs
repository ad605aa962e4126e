//! Handlers of the probes of `dploy serve`.

use axum::{Json, extract::State};
use wire::{ErrorBody, Health};

use crate::http::{ApiError, AppState};

/// The process lives. Never touches Kubernetes.
#[utoipa::path(get, path = "/health", tag = "probes", responses((status = 200, body = Health)))]
pub(crate) async fn get_health() -> Json<Health> {
    Json(Health { status: "ok".to_owned() })
}

/// The cluster answers: templates were really listed.
#[utoipa::path(get, path = "/ready", tag = "probes", responses(
    (status = 200, body = Health),
    (status = 503, body = ErrorBody, description = "the cluster does not answer"),
))]
pub(crate) async fn get_ready(State(state): State<AppState>) -> Result<Json<Health>, ApiError> {
    state.environments.ready().await?;
    Ok(Json(Health { status: "ready".to_owned() }))
}
