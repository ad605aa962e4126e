//! Builds responses.

use axum::{
    body::Body,
    response::{IntoResponse, Response},
};
use http::{StatusCode, header};
use serde_json::Value;

use crate::{error::ApiError, request::Target};

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        json(self.code, &self.status())
    }
}

/// A response with serialized JSON.
pub(super) fn serialized(code: StatusCode, body: impl Into<Body>) -> Response {
    let headers = [(header::CONTENT_TYPE, "application/json")];
    (code, headers, body.into()).into_response()
}

/// A 200 with serialized JSON of another content type.
pub(super) fn with_content_type(content_type: &'static str, body: String) -> Response {
    ([(header::CONTENT_TYPE, content_type)], body).into_response()
}

/// A response with a JSON value.
pub(super) fn json(code: StatusCode, value: &Value) -> Response {
    serialized(code, value.to_string())
}

/// The response to a finished deletion.
pub(super) fn deleted(target: &Target, object: &Value) -> Response {
    let mut details = serde_json::json!({
        "name": target.name,
        "kind": target.kind.plural,
        "uid": object["metadata"]["uid"],
    });
    if !target.kind.group.is_empty() {
        details["group"] = target.kind.group.as_str().into();
    }
    let status = serde_json::json!({
        "kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success", "details": details,
    });
    json(StatusCode::OK, &status)
}
