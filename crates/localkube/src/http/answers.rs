//! What goes back.

use axum::{
    body::Body,
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use http::{StatusCode, header};
use serde_json::{Value, json};

use crate::{
    api::{ListPage, Target},
    error::ApiError,
    kinds::Kind,
    store::Object,
};

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

/// An answer of JSON.
pub(super) fn value(code: StatusCode, value: &Value) -> Response {
    raw(code, value.to_string())
}

/// An answer of one object.
pub(super) fn object(code: StatusCode, kind: &Kind, object: &Object) -> Response {
    raw(code, shown(kind, object))
}

/// The object as `kind` shows it, as JSON.
fn shown(kind: &Kind, object: &Object) -> Bytes {
    kind.show(object.value()).map_or_else(|| object.json(), |shown| shown.to_string().into())
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

/// The answer to a list.
pub(super) fn list(target: &Target, page: &ListPage, token: Option<String>) -> Response {
    let mut metadata = json!({ "resourceVersion": page.revision.to_string() });
    if let Some(token) = token {
        metadata["continue"] = token.into();
        metadata["remainingItemCount"] = page.remaining.into();
    }
    let items: Vec<Bytes> = page.items.iter().map(|item| shown(&target.kind, item)).collect();
    let mut body = Vec::with_capacity(256 + items.iter().map(|item| item.len() + 1).sum::<usize>());
    let (version, kind) = (json!(target.kind.api_version()), json!(target.kind.list_name));
    let head = format!(r#"{{"apiVersion":{version},"kind":{kind},"metadata":{metadata},"items":["#);
    body.extend_from_slice(head.as_bytes());
    for (at, item) in items.iter().enumerate() {
        if at > 0 {
            body.push(b',');
        }
        body.extend_from_slice(item);
    }
    body.extend_from_slice(b"]}");
    raw(StatusCode::OK, body)
}
