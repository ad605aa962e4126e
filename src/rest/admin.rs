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
    require_manager_enabled(&state)?;
    Ok(Json(state.environments.all_instances(caller.as_admin()?)))
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
    require_manager_enabled(&state)?;
    Ok(Json(state.environments.all_templates(caller.as_admin()?)))
}

fn require_manager_enabled(state: &AppState) -> Result<(), ApiError> {
    if state.features.manager_enabled {
        Ok(())
    } else {
        Err(ApiError::NotFound("manager disabled".to_owned()))
    }
}
