//! The handler of the catalog.

use axum::{Json, extract::State};
use wire::{CatalogEntry, ErrorBody};

use crate::http::{ApiError, AppState};

/// The templates that people can launch: visible and enabled ones.
#[utoipa::path(get, path = "/api/environments/available", tag = "catalog", responses(
    (status = 200, body = Vec<CatalogEntry>),
    (status = 404, body = ErrorBody, description = "the catalog is disabled"),
))]
pub(crate) async fn list_catalog(
    State(state): State<AppState>,
) -> Result<Json<Vec<CatalogEntry>>, ApiError> {
    Ok(Json(state.environments.catalog()?))
}
