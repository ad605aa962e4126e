//! One invalid field of an object, in the words of Kubernetes.

use serde_json::{Value, json};

/// One invalid field of an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FieldError {
    /// The path, such as `spec.ttl.seconds`.
    pub(crate) field: String,
    /// The reason, such as `FieldValueInvalid`.
    pub(crate) reason: &'static str,
    /// The message, without the path.
    pub(crate) message: String,
}

impl FieldError {
    /// A value that is not allowed.
    pub(crate) fn invalid(field: impl Into<String>, value: &Value, why: impl AsRef<str>) -> Self {
        let message = format!("Invalid value: {}: {}", json_text(value), why.as_ref());
        Self { field: field.into(), reason: "FieldValueInvalid", message }
    }

    /// A required value that is absent.
    pub(crate) fn required(field: impl Into<String>, why: &str) -> Self {
        let message = match why {
            "" => "Required value".to_owned(),
            why => format!("Required value: {why}"),
        };
        Self { field: field.into(), reason: "FieldValueRequired", message }
    }

    /// Whether Kubernetes skips the CEL rules of an object with this error.
    pub(crate) fn prevents_cel_rules(&self) -> bool {
        const REASONS: [&str; 5] = [
            "FieldValueNotSupported",
            "FieldValueRequired",
            "FieldValueTooLong",
            "FieldValueTooMany",
            "FieldValueTypeInvalid",
        ];
        REASONS.contains(&self.reason)
    }

    /// The error that Kubernetes adds when it skips the CEL rules.
    pub(crate) fn cel_rules_skipped() -> Self {
        let why = "some validation rules were not checked because the object was invalid; correct \
                   the existing errors to complete validation";
        Self::invalid("<nil>", &Value::Null, why)
    }

    /// A field that may not be set or changed.
    pub(crate) fn forbidden(field: impl Into<String>, why: impl AsRef<str>) -> Self {
        let message = format!("Forbidden: {}", why.as_ref());
        Self { field: field.into(), reason: "FieldValueForbidden", message }
    }

    /// A value that is not among `supported`.
    pub(crate) fn not_supported(
        field: impl Into<String>,
        value: &Value,
        supported: &[Value],
    ) -> Self {
        let all: Vec<String> = supported.iter().map(json_text).collect();
        let message = format!(
            "Unsupported value: {}: supported values: {}",
            json_text(value),
            all.join(", ")
        );
        Self { field: field.into(), reason: "FieldValueNotSupported", message }
    }

    /// A value of another type or format than `expected`.
    pub(crate) fn wrong_type(
        field: impl Into<String>,
        value: &Value,
        expected: &str,
        found: &str,
    ) -> Self {
        let field = field.into();
        let message = format!(
            "Invalid value: {}: {field} in body must be of type {expected}: {found:?}",
            json_text(value)
        );
        Self { field, reason: "FieldValueTypeInvalid", message }
    }

    /// A text of more than `max_length` characters.
    pub(crate) fn too_long(field: impl Into<String>, max_length: u64) -> Self {
        let message = format!("Too long: may not be more than {max_length} bytes");
        Self { field: field.into(), reason: "FieldValueTooLong", message }
    }

    /// A list of `size` items, more than `max_items`.
    pub(crate) fn too_many(field: impl Into<String>, size: u64, max_items: u64) -> Self {
        let message = format!("Too many: {size}: must have at most {max_items} items");
        Self { field: field.into(), reason: "FieldValueTooMany", message }
    }

    /// A list item that occurs twice.
    pub(crate) fn duplicate(field: impl Into<String>, value: &Value) -> Self {
        let message = format!("Duplicate value: {}", json_text(value));
        Self { field: field.into(), reason: "FieldValueDuplicate", message }
    }

    /// The path and the message.
    pub(crate) fn full_message(&self) -> String {
        format!("{}: {}", self.field, self.message)
    }

    /// The error as a `StatusCause`.
    pub(crate) fn cause(&self) -> Value {
        json!({ "reason": self.reason, "message": self.message, "field": self.field })
    }
}

fn json_text(value: &Value) -> String {
    value.to_string()
}
