//! What answers on ports beside the site's: probes of `dploy operate`, and metrics.

use std::sync::Arc;

use axum::{
    Json, Router,
    extract::State,
    http::{StatusCode, header::CONTENT_TYPE},
    response::{IntoResponse as _, Response},
    routing::get,
};
use operator::Readiness;
use prometheus_client::{encoding::text::encode, registry::Registry};
use wire::{ErrorBody, Health};

/// The text format of Prometheus, as OpenMetrics has it.
const METRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// `/metrics`
pub fn metrics_router(registry: Arc<Registry>) -> Router {
    Router::new().route("/metrics", get(get_metrics)).with_state(registry)
}

async fn get_metrics(State(registry): State<Arc<Registry>>) -> Response {
    let mut text = String::new();
    match encode(&mut text, &registry) {
        Ok(()) => ([(CONTENT_TYPE, METRICS)], text).into_response(),
        Err(error) => {
            tracing::error!(%error, "the metrics could not be written");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

/// `/health` and `/ready` of the controllers.
pub fn health_router(readiness: Readiness) -> Router {
    Router::new()
        .route("/health", get(|| async { Json(Health { status: "ok".to_owned() }) }))
        .route("/ready", get(get_ready))
        .with_state(readiness)
}

async fn get_ready(State(readiness): State<Readiness>) -> Response {
    if readiness.is_ready() {
        Json(Health { status: "ready".to_owned() }).into_response()
    } else {
        let body = ErrorBody { error: "Service not ready".to_owned() };
        (StatusCode::SERVICE_UNAVAILABLE, Json(body)).into_response()
    }
}
