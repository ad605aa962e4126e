//! Parses request bodies.

use axum::body::Body;
use bytes::Bytes;
use http::{HeaderMap, header};
use serde_json::Value;

use crate::{
    api::Patch,
    error::{ApiError, ApiResult},
};

/// The maximal size of a body. Kubernetes has the same limit.
const MAX_BYTES: usize = 3 * 1024 * 1024;

/// Reads a whole body.
pub(super) async fn read(body: Body) -> ApiResult<Bytes> {
    axum::body::to_bytes(body, MAX_BYTES).await.map_err(|_| ApiError::too_large(MAX_BYTES))
}

/// Parses an object in JSON or YAML.
pub(super) fn object(headers: &HeaderMap, body: &Bytes) -> ApiResult<Value> {
    match media_type(headers) {
        "" | "application/json" => json(body),
        "application/yaml" => yaml(body),
        _ => Err(ApiError::unsupported_media_type("application/json, application/yaml")),
    }
}

/// Parses an optional object; `null` when the body is empty.
pub(super) fn optional(headers: &HeaderMap, body: &Bytes) -> ApiResult<Value> {
    if body.is_empty() { Ok(Value::Null) } else { object(headers, body) }
}

/// Parses a patch of the type that the content type names.
pub(super) fn patch(headers: &HeaderMap, body: &Bytes) -> ApiResult<Patch> {
    match media_type(headers) {
        "application/json-patch+json" => serde_json::from_slice(body)
            .map(Patch::Json)
            .map_err(|error| ApiError::bad_request(format!("error decoding patch: {error}"))),
        "application/merge-patch+json" => json(body).map(Patch::Merge),
        "application/strategic-merge-patch+json" => json(body).map(Patch::Strategic),
        "application/apply-patch+yaml" | "application/apply-patch+cbor" => {
            yaml(body).map(Patch::Apply)
        }
        _ => Err(ApiError::unsupported_media_type(
            "application/json-patch+json, application/merge-patch+json, application/apply-patch+yaml",
        )),
    }
}

fn media_type(headers: &HeaderMap) -> &str {
    let value = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    value.unwrap_or_default().split(';').next().unwrap_or_default().trim()
}

fn json(body: &Bytes) -> ApiResult<Value> {
    serde_json::from_slice(body).map_err(|error| {
        ApiError::bad_request(format!("the object provided is unrecognized: {error}"))
    })
}

fn yaml(body: &Bytes) -> ApiResult<Value> {
    serde_json::from_slice(body).or_else(|_| {
        serde_yaml_ng::from_slice(body)
            .map_err(|error| ApiError::bad_request(format!("error parsing YAML: {error}")))
    })
}
