//! Handlers of the manager: every owner's environments and every template. Only an admin may call
//! them.

use axum::{Json, extract::State};
use wire::{AdminInstances, AdminTemplates, ErrorBody};

use crate::http::{ApiError, AppState, SignedIn};

/// Every owner's environments, and pool members, sorted by template, then name.
#[utoipa::path(get, path = "/api/admin/instances", tag = "manager", security(("bearer" = []), ("session" = [])), responses(
    (status = 200, body = AdminInstances),
    (status = 401, body = ErrorBody),
    (status = 403, body = ErrorBody),
    (status = 404, body = ErrorBody, description = "the manager is disabled"),
))]
pub(crate) async fn list_instances(
    State(state): State<AppState>,
    SignedIn(caller): SignedIn,
) -> Result<Json<AdminInstances>, ApiError> {
    let proof = state.environments.as_admin(&caller)?;
    Ok(Json(state.environments.all_instances(proof)))
}

/// Every template, hidden and disabled ones too, sorted by name.
#[utoipa::path(get, path = "/api/admin/templates", tag = "manager", security(("bearer" = []), ("session" = [])), responses(
    (status = 200, body = AdminTemplates),
    (status = 401, body = ErrorBody),
    (status = 403, body = ErrorBody),
    (status = 404, body = ErrorBody, description = "the manager is disabled"),
))]
pub(crate) async fn list_templates(
    State(state): State<AppState>,
    SignedIn(caller): SignedIn,
) -> Result<Json<AdminTemplates>, ApiError> {
    let proof = state.environments.as_admin(&caller)?;
    Ok(Json(state.environments.all_templates(proof)))
}
