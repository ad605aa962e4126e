//! What the API server answers when it refuses: `metav1.Status`, with the reasons and sentences of Kubernetes.

use http::StatusCode;
use serde_json::{Map, Value, json};

use crate::kinds::Kind;

/// A refusal, ready to be sent as a `Status` object.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("{message}")]
pub(crate) struct ApiError {
    /// The HTTP status.
    pub(crate) code: StatusCode,
    /// The machine-readable reason, such as `AlreadyExists`; empty when Kubernetes gives none.
    pub(crate) reason: &'static str,
    /// The sentence for people.
    pub(crate) message: String,
    /// What it is about; `null` when it is about no object.
    pub(crate) details: Value,
}

/// The result of a call.
pub(crate) type ApiResult<T> = Result<T, ApiError>;

/// One field that is wrong in an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FieldError {
    /// Where, such as `spec.ttl.seconds`.
    pub(crate) field: String,
    /// Kubernetes' reason for a field, such as `FieldValueInvalid`.
    pub(crate) reason: &'static str,
    /// The sentence without the field.
    pub(crate) message: String,
}

impl FieldError {
    /// A value that is not allowed. `value` is printed as Kubernetes prints it.
    pub(crate) fn invalid(field: impl Into<String>, value: &Value, why: impl AsRef<str>) -> Self {
        let message = format!("Invalid value: {}: {}", printed(value), why.as_ref());
        Self { field: field.into(), reason: "FieldValueInvalid", message }
    }

    /// A value that must be there and is not.
    pub(crate) fn required(field: impl Into<String>, why: &str) -> Self {
        let message = match why {
            "" => "Required value".to_owned(),
            why => format!("Required value: {why}"),
        };
        Self { field: field.into(), reason: "FieldValueRequired", message }
    }

    /// Kubernetes checks rules (CEL) only where the values have their types and sizes.
    pub(crate) fn hinders_rules(&self) -> bool {
        const HINDERING: [&str; 5] = [
            "FieldValueNotSupported",
            "FieldValueRequired",
            "FieldValueTooLong",
            "FieldValueTooMany",
            "FieldValueTypeInvalid",
        ];
        HINDERING.contains(&self.reason)
    }

    /// What Kubernetes adds then.
    pub(crate) fn rules_not_checked() -> Self {
        let why = "some validation rules were not checked because the object was invalid; correct \
                   the existing errors to complete validation";
        Self::invalid("<nil>", &Value::Null, why)
    }

    /// Something that may not be set or changed.
    pub(crate) fn forbidden(field: impl Into<String>, why: impl AsRef<str>) -> Self {
        let message = format!("Forbidden: {}", why.as_ref());
        Self { field: field.into(), reason: "FieldValueForbidden", message }
    }

    /// A value that is none of the `supported` ones.
    pub(crate) fn not_supported(
        field: impl Into<String>,
        value: &Value,
        supported: &[Value],
    ) -> Self {
        let all: Vec<String> = supported.iter().map(printed).collect();
        let message =
            format!("Unsupported value: {}: supported values: {}", printed(value), all.join(", "));
        Self { field: field.into(), reason: "FieldValueNotSupported", message }
    }

    /// A value of another type, or not of the format, than the field has.
    pub(crate) fn wrong_type(
        field: impl Into<String>,
        value: &Value,
        expected: &str,
        found: &str,
    ) -> Self {
        let field = field.into();
        let message = format!(
            "Invalid value: {}: {field} in body must be of type {expected}: {found:?}",
            printed(value)
        );
        Self { field, reason: "FieldValueTypeInvalid", message }
    }

    /// A text of more than `most` characters.
    pub(crate) fn too_long(field: impl Into<String>, most: u64) -> Self {
        let message = format!("Too long: may not be more than {most} bytes");
        Self { field: field.into(), reason: "FieldValueTooLong", message }
    }

    /// A list of more than `most` items.
    pub(crate) fn too_many(field: impl Into<String>, size: u64, most: u64) -> Self {
        let message = format!("Too many: {size}: must have at most {most} items");
        Self { field: field.into(), reason: "FieldValueTooMany", message }
    }

    /// A key that occurs twice in a list.
    pub(crate) fn duplicate(field: impl Into<String>, value: &Value) -> Self {
        let message = format!("Duplicate value: {}", printed(value));
        Self { field: field.into(), reason: "FieldValueDuplicate", message }
    }

    pub(crate) fn sentence(&self) -> String {
        format!("{}: {}", self.field, self.message)
    }

    fn cause(&self) -> Value {
        json!({ "reason": self.reason, "message": self.message, "field": self.field })
    }
}

fn printed(value: &Value) -> String {
    value.to_string()
}

impl ApiError {
    fn new(code: StatusCode, reason: &'static str, message: impl Into<String>) -> Self {
        Self { code, reason, message: message.into(), details: Value::Null }
    }

    fn about(mut self, kind: &Kind, name: &str) -> Self {
        let mut details = Map::new();
        details.insert("name".into(), name.into());
        if !kind.group.is_empty() {
            details.insert("group".into(), kind.group.as_str().into());
        }
        details.insert("kind".into(), kind.plural.as_str().into());
        self.details = Value::Object(details);
        self
    }

    /// 400: the request makes no sense.
    pub(crate) fn bad_request(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "BadRequest", message)
    }

    /// 404: no such object.
    pub(crate) fn not_found(kind: &Kind, name: &str) -> Self {
        let message = format!("{} {name:?} not found", kind.qualified());
        Self::new(StatusCode::NOT_FOUND, "NotFound", message).about(kind, name)
    }

    /// 404: no such path or kind.
    pub(crate) fn no_such_path() -> Self {
        let mut error = Self::new(
            StatusCode::NOT_FOUND,
            "NotFound",
            "the server could not find the requested resource",
        );
        error.details = json!({});
        error
    }

    /// 405: the path exists, the verb does not.
    pub(crate) fn method_not_allowed() -> Self {
        Self::new(
            StatusCode::METHOD_NOT_ALLOWED,
            "MethodNotAllowed",
            "the server does not allow this method on the requested resource",
        )
    }

    /// 409: the name is taken.
    pub(crate) fn already_exists(kind: &Kind, name: &str) -> Self {
        let message = format!("{} {name:?} already exists", kind.qualified());
        Self::new(StatusCode::CONFLICT, "AlreadyExists", message).about(kind, name)
    }

    /// 409: the write was decided on something that has changed.
    pub(crate) fn conflict(kind: &Kind, name: &str, why: &str) -> Self {
        let message =
            format!("Operation cannot be fulfilled on {} {name:?}: {why}", kind.qualified());
        Self::new(StatusCode::CONFLICT, "Conflict", message).about(kind, name)
    }

    /// 409: what a deletion depends on does not hold.
    pub(crate) fn precondition(kind: &Kind, name: &str, why: &str) -> Self {
        let message =
            format!("Operation cannot be fulfilled on {} {name:?}: {why}", kind.qualified_kind());
        let mut error = Self::new(StatusCode::CONFLICT, "Conflict", message).about(kind, name);
        error.details["kind"] = kind.name.as_str().into();
        error
    }

    /// 409: the resourceVersion is not the current one.
    pub(crate) fn modified(kind: &Kind, name: &str) -> Self {
        let why = "the object has been modified; please apply your changes to the latest version \
                   and try again";
        Self::conflict(kind, name, why)
    }

    /// 403: not now, or never.
    pub(crate) fn forbidden(kind: &Kind, name: &str, why: &str) -> Self {
        let message = format!("{} {name:?} is forbidden: {why}", kind.qualified());
        Self::new(StatusCode::FORBIDDEN, "Forbidden", message).about(kind, name)
    }

    /// 410: the resourceVersion or the continue token is too old.
    pub(crate) fn expired(message: impl Into<String>) -> Self {
        Self::new(StatusCode::GONE, "Expired", message)
    }

    /// 415: a body of a type that is not understood here.
    pub(crate) fn unsupported_media_type(accepted: &str) -> Self {
        let message = format!(
            "the body of the request was in an unknown format - accepted media types include: \
             {accepted}"
        );
        Self::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "UnsupportedMediaType", message)
    }

    /// 413: more than the server takes.
    pub(crate) fn too_large(limit: usize) -> Self {
        let message = format!("Request entity too large: limit is {limit}");
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "RequestEntityTooLarge", message)
    }

    /// 422: the object is wrong, field by field.
    pub(crate) fn invalid(kind: &Kind, name: &str, errors: &[FieldError]) -> Self {
        let sentences: Vec<String> = errors.iter().map(FieldError::sentence).collect();
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

    /// 422: a patch that makes something of the object that it cannot be.
    pub(crate) fn unfit_patch(error: &FieldError) -> Self {
        let mut refusal = Self::unprocessable(format!(" \"\" is invalid: {}", error.sentence()));
        refusal.details = json!({ "causes": [error.cause()] });
        refusal
    }

    /// 422: a patch that cannot be carried out.
    pub(crate) fn unprocessable(message: impl Into<String>) -> Self {
        let mut error = Self::new(StatusCode::UNPROCESSABLE_ENTITY, "Invalid", message);
        error.details = json!({});
        error
    }

    /// 500: the server's own fault.
    pub(crate) fn internal(message: impl std::fmt::Display) -> Self {
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "InternalError",
            format!("Internal error occurred: {message}"),
        )
    }

    /// 500 without a reason: what Kubernetes answers where it gives a plain error.
    pub(crate) fn plain(message: impl Into<String>) -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "", message)
    }

    /// The object on the wire.
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
