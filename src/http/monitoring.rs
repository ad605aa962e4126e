//! Handlers of the ports beside the site's: metrics, and the probes of `dploy operate`.

use std::sync::Arc;

use axum::{
    Json,
    extract::State,
    http::header::CONTENT_TYPE,
    response::{IntoResponse as _, Response},
};
use operator::Readiness;
use prometheus_client::{encoding::text::encode, registry::Registry};
use wire::Health;

use super::ApiError;

/// The media type of Prometheus's text format (OpenMetrics).
const METRICS_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// `GET /metrics`
pub(crate) async fn get_metrics(
    State(registry): State<Arc<Registry>>,
) -> Result<Response, ApiError> {
    let mut text = String::new();
    encode(&mut text, &registry).map_err(|error| ApiError::Internal(error.into()))?;
    Ok(([(CONTENT_TYPE, METRICS_TYPE)], text).into_response())
}

/// `GET /ready` of the controllers: whether this replica could lead.
pub(crate) async fn get_ready(
    State(readiness): State<Readiness>,
) -> Result<Json<Health>, ApiError> {
    if readiness.is_ready() {
        Ok(Json(Health { status: "ready".to_owned() }))
    } else {
        Err(ApiError::NotReady)
    }
}
