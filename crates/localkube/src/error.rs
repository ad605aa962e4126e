//! The errors of the API: `metav1.Status` objects with the reasons and messages of Kubernetes.

use http::StatusCode;
use serde_json::{Map, Value, json};

use crate::{field_error::FieldError, kinds::Kind};

/// An error that is sent as a `Status` object.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("{message}")]
pub(crate) struct ApiError {
    /// The HTTP status.
    pub(crate) code: StatusCode,
    /// The machine-readable reason, such as `AlreadyExists`; empty when Kubernetes sends none.
    pub(crate) reason: &'static str,
    /// The message for people.
    pub(crate) message: String,
    /// `StatusDetails`, such as the kind and name of the object; `null` when there are none.
    pub(crate) details: Value,
}

/// The result of a request.
pub(crate) type ApiResult<T> = Result<T, ApiError>;

impl ApiError {
    fn new(code: StatusCode, reason: &'static str, message: impl Into<String>) -> Self {
        Self { code, reason, message: message.into(), details: Value::Null }
    }

    /// Sets the details to the kind and name of an object.
    fn with_object(mut self, kind: &Kind, name: &str) -> Self {
        let mut details = Map::new();
        details.insert("name".into(), name.into());
        if !kind.group.is_empty() {
            details.insert("group".into(), kind.group.as_str().into());
        }
        details.insert("kind".into(), kind.plural.as_str().into());
        self.details = Value::Object(details);
        self
    }

    /// 400: the request is malformed.
    pub(crate) fn bad_request(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "BadRequest", message)
    }

    /// 404: the object does not exist.
    pub(crate) fn not_found(kind: &Kind, name: &str) -> Self {
        let message = format!("{} {name:?} not found", kind.qualified());
        Self::new(StatusCode::NOT_FOUND, "NotFound", message).with_object(kind, name)
    }

    /// 404: the path or kind does not exist.
    pub(crate) fn unknown_path() -> Self {
        let mut error = Self::new(
            StatusCode::NOT_FOUND,
            "NotFound",
            "the server could not find the requested resource",
        );
        error.details = json!({});
        error
    }

    /// 405: the path does not support the method.
    pub(crate) fn method_not_allowed() -> Self {
        Self::new(
            StatusCode::METHOD_NOT_ALLOWED,
            "MethodNotAllowed",
            "the server does not allow this method on the requested resource",
        )
    }

    /// 409: an object of this name exists.
    pub(crate) fn already_exists(kind: &Kind, name: &str) -> Self {
        let message = format!("{} {name:?} already exists", kind.qualified());
        Self::new(StatusCode::CONFLICT, "AlreadyExists", message).with_object(kind, name)
    }

    /// 409: the write conflicts with the current object.
    pub(crate) fn conflict(kind: &Kind, name: &str, why: &str) -> Self {
        let message =
            format!("Operation cannot be fulfilled on {} {name:?}: {why}", kind.qualified());
        Self::new(StatusCode::CONFLICT, "Conflict", message).with_object(kind, name)
    }

    /// 409: a precondition of a deletion failed.
    pub(crate) fn failed_precondition(kind: &Kind, name: &str, why: &str) -> Self {
        let message =
            format!("Operation cannot be fulfilled on {} {name:?}: {why}", kind.qualified_kind());
        let mut error =
            Self::new(StatusCode::CONFLICT, "Conflict", message).with_object(kind, name);
        error.details["kind"] = kind.name.as_str().into();
        error
    }

    /// 409: the resourceVersion is not the current one.
    pub(crate) fn modified(kind: &Kind, name: &str) -> Self {
        let why = "the object has been modified; please apply your changes to the latest version \
                   and try again";
        Self::conflict(kind, name, why)
    }

    /// 403: the state of the cluster forbids the write.
    pub(crate) fn forbidden(kind: &Kind, name: &str, why: &str) -> Self {
        let message = format!("{} {name:?} is forbidden: {why}", kind.qualified());
        Self::new(StatusCode::FORBIDDEN, "Forbidden", message).with_object(kind, name)
    }

    /// 410: the resourceVersion or continue token is too old.
    pub(crate) fn expired(message: impl Into<String>) -> Self {
        Self::new(StatusCode::GONE, "Expired", message)
    }

    /// 415: the body has an unsupported media type.
    pub(crate) fn unsupported_media_type(accepted: &str) -> Self {
        let message = format!(
            "the body of the request was in an unknown format - accepted media types include: \
             {accepted}"
        );
        Self::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "UnsupportedMediaType", message)
    }

    /// 413: the body exceeds `limit` bytes.
    pub(crate) fn too_large(limit: usize) -> Self {
        let message = format!("Request entity too large: limit is {limit}");
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "RequestEntityTooLarge", message)
    }

    /// 422: fields of the object are invalid.
    pub(crate) fn invalid(kind: &Kind, name: &str, errors: &[FieldError]) -> Self {
        let sentences: Vec<String> = errors.iter().map(FieldError::full_message).collect();
        let all = match sentences.as_slice() {
            [one] => one.clone(),
            many => format!("[{}]", many.join(", ")),
        };
        let message = format!("{} {name:?} is invalid: {all}", kind.qualified_kind());
        let mut error = Self::new(StatusCode::UNPROCESSABLE_ENTITY, "Invalid", message);
        let causes: Vec<Value> = errors.iter().map(FieldError::cause).collect();
        error.details =
            json!({ "name": name, "group": kind.group, "kind": kind.name, "causes": causes });
        error
    }

    /// 422: the patch makes the object invalid.
    pub(crate) fn invalid_patch(error: &FieldError) -> Self {
        let mut error_status =
            Self::unprocessable(format!(" \"\" is invalid: {}", error.full_message()));
        error_status.details = json!({ "causes": [error.cause()] });
        error_status
    }

    /// 422: the patch cannot be applied.
    pub(crate) fn unprocessable(message: impl Into<String>) -> Self {
        let mut error = Self::new(StatusCode::UNPROCESSABLE_ENTITY, "Invalid", message);
        error.details = json!({});
        error
    }

    /// 500: an error of the server.
    pub(crate) fn internal(message: impl std::fmt::Display) -> Self {
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "InternalError",
            format!("Internal error occurred: {message}"),
        )
    }

    /// 500 without a reason, which Kubernetes answers to some invalid requests.
    pub(crate) fn internal_without_reason(message: impl Into<String>) -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "", message)
    }

    /// The error as a `Status` object.
    pub(crate) fn status(&self) -> Value {
        let mut status = json!({
            "kind": "Status",
            "apiVersion": "v1",
            "metadata": {},
            "status": "Failure",
            "message": self.message,
            "code": self.code.as_u16(),
        });
        if !self.reason.is_empty() {
            status["reason"] = self.reason.into();
        }
        if !self.details.is_null() {
            status["details"] = self.details.clone();
        }
        status
    }
}
