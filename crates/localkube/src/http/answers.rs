//! What goes back.

use axum::{
    body::Body,
    response::{IntoResponse, Response},
};
use http::{StatusCode, header};
use serde_json::{Value, json};

use crate::{api::Target, error::ApiError};

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        value(self.code, &self.status())
    }
}

/// An answer of ready JSON.
pub(super) fn raw(code: StatusCode, json: impl Into<Body>) -> Response {
    let headers = [(header::CONTENT_TYPE, "application/json")];
    (code, headers, json.into()).into_response()
}

/// A good answer of JSON of a more particular kind.
pub(super) fn of_type(content_type: &'static str, json: String) -> Response {
    ([(header::CONTENT_TYPE, content_type)], json).into_response()
}

/// An answer of JSON.
pub(super) fn value(code: StatusCode, value: &Value) -> Response {
    raw(code, value.to_string())
}

/// The answer to a deletion that is done.
pub(super) fn deleted(target: &Target, object: &Value) -> Response {
    let mut details = json!({
        "name": target.name,
        "kind": target.kind.plural,
        "uid": object["metadata"]["uid"],
    });
    if !target.kind.group.is_empty() {
        details["group"] = target.kind.group.as_str().into();
    }
    let status = json!({
        "kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success", "details": details,
    });
    value(StatusCode::OK, &status)
}
