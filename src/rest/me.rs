//! Handlers that describe the caller and the site.

use axum::{Json, extract::State};
use wire::{ErrorBody, Me, UiConfig};

use crate::http::{ApiError, AppState, SignedIn};

/// Who the caller is.
#[utoipa::path(get, path = "/api/me", tag = "session", security(("bearer" = []), ("session" = [])), responses(
    (status = 200, body = Me),
    (status = 401, body = ErrorBody),
    (status = 403, body = ErrorBody, description = "the token has no usable name"),
))]
pub(crate) async fn get_me(
    State(state): State<AppState>,
    SignedIn(caller): SignedIn,
) -> Result<Json<Me>, ApiError> {
    Ok(Json(state.environments.me(&caller).await?))
}

/// Which parts of the site are switched on.
#[utoipa::path(get, path = "/api/ui-config", tag = "session", responses((status = 200, body = UiConfig)))]
pub(crate) async fn get_ui_config(State(state): State<AppState>) -> Json<UiConfig> {
    Json(state.environments.features())
}
