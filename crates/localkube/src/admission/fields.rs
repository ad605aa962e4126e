//! Removes unknown fields from objects, sets defaults and validates the values.

use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use serde::Deserialize as _;
use serde_json::Value;

use crate::{
    error::{ApiError, ApiResult},
    field_error::FieldError,
    kinds::{Custom, RoundTrip},
    meta,
    request::WriteOptions,
};

/// Removes unknown fields and empty lists from the metadata. Refuses values of a wrong type.
pub(super) fn normalize_metadata(object: &mut Value) -> ApiResult<()> {
    let metadata = &object["metadata"];
    let normalized = ObjectMeta::deserialize(metadata)
        .and_then(serde_json::to_value)
        .map_err(|error| undecodable(object, &error))?;
    object["metadata"] = normalized;
    for field in ["annotations", "finalizers", "labels", "ownerReferences"] {
        meta::unset_if_empty(object, field);
    }
    Ok(())
}

/// Removes unknown fields from an object of a built-in kind, or refuses them in strict mode.
pub(super) fn normalize_built_in(
    round_trip: RoundTrip,
    object: &mut Value,
    options: &WriteOptions,
) -> ApiResult<()> {
    let known = round_trip(object).map_err(|error| undecodable(object, error))?;
    if options.strict {
        let mut unknown = Vec::new();
        collect_unknown(object, &known, "", &mut unknown);
        refuse_unknown(&unknown, object, options)?;
    }
    *object = known;
    Ok(())
}

/// Prunes and validates a custom resource and sets its defaults.
pub(super) fn normalize_custom(
    custom: &Custom,
    object: &mut Value,
    before: Option<&Value>,
    options: &WriteOptions,
) -> ApiResult<Vec<FieldError>> {
    let sent = options.strict.then(|| object.clone());
    let unknown = custom.schema.prune(object);
    if let Some(sent) = sent {
        refuse_unknown(&unknown, &sent, options)?;
    }
    custom.schema.apply_defaults(object);
    let mut errors = custom.schema.validate(object, before);
    if let Some(rules) = &custom.cel {
        if errors.iter().any(FieldError::prevents_cel_rules) {
            errors.push(FieldError::cel_rules_skipped());
        } else {
            errors.extend(rules.validate(object, before));
        }
    }
    Ok(errors)
}

fn undecodable(object: &Value, error: impl std::fmt::Display) -> ApiError {
    let kind = object["kind"].as_str().unwrap_or_default();
    let version = object["apiVersion"].as_str().unwrap_or_default();
    let version = version.split_once('/').map_or(version, |(_, version)| version);
    ApiError::bad_request(format!(
        "{kind} in version {version:?} cannot be handled as a {kind}: {error}"
    ))
}

/// The error about unknown fields: 400 for a whole object, 422 for a patch.
fn refuse_unknown(unknown: &[String], object: &Value, options: &WriteOptions) -> ApiResult<()> {
    if unknown.is_empty() {
        return Ok(());
    }
    let each: Vec<String> = unknown.iter().map(|path| format!("unknown field {path:?}")).collect();
    let why = format!("strict decoding error: {}", each.join(", "));
    if options.is_patch {
        let error = FieldError::invalid("patch", &Value::String(object.to_string()), why);
        return Err(ApiError::invalid_patch(&error));
    }
    Err(undecodable(object, why))
}

/// Adds the paths of the fields of `object` that `known` lacks to `unknown`.
fn collect_unknown(object: &Value, known: &Value, path: &str, unknown: &mut Vec<String>) {
    match (object, known) {
        (Value::Object(fields), Value::Object(known)) => {
            for (name, value) in fields {
                let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
                match known.get(name) {
                    Some(known) => collect_unknown(value, known, &path, unknown),
                    None if value.is_null() => {}
                    None => unknown.push(path),
                }
            }
        }
        (Value::Array(items), Value::Array(known)) => {
            for (at, (item, known)) in items.iter().zip(known).enumerate() {
                collect_unknown(item, known, &format!("{path}[{at}]"), unknown);
            }
        }
        _ => {}
    }
}
