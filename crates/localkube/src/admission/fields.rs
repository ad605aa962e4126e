//! Gives an object the fields of its kind: drops unknown ones, fills in defaults, checks the rest.

use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use serde::Deserialize as _;
use serde_json::Value;

use crate::{
    api::WriteOptions,
    error::{ApiError, ApiResult, FieldError},
    kinds::{Custom, Typed},
    meta,
};

/// Drops what metadata does not have; refuses what is of another type.
pub(super) fn tidy_metadata(object: &mut Value) -> ApiResult<()> {
    let metadata = &object["metadata"];
    let tidy = ObjectMeta::deserialize(metadata)
        .and_then(serde_json::to_value)
        .map_err(|error| undecodable(object, &error))?;
    object["metadata"] = tidy;
    for field in ["annotations", "finalizers", "labels", "ownerReferences"] {
        meta::unset_if_empty(object, field);
    }
    Ok(())
}

/// Drops what a built-in object does not have, or refuses it.
pub(super) fn tidy(typed: Typed, object: &mut Value, options: &WriteOptions) -> ApiResult<()> {
    let tidy = typed(object).map_err(|error| undecodable(object, error))?;
    if options.strict {
        let mut unknown = Vec::new();
        missing(object, &tidy, "", &mut unknown);
        refuse(&unknown, object, options)?;
    }
    *object = tidy;
    Ok(())
}

/// Prunes, completes and checks a custom resource.
pub(super) fn fit(
    custom: &Custom,
    object: &mut Value,
    before: Option<&Value>,
    options: &WriteOptions,
) -> ApiResult<Vec<FieldError>> {
    let sent = options.strict.then(|| object.clone());
    let unknown = custom.schema.prune(object);
    if let Some(sent) = sent {
        refuse(&unknown, &sent, options)?;
    }
    custom.schema.fill(object);
    let mut errors = custom.schema.validate(object, before);
    if let Some(rules) = &custom.cel {
        if errors.iter().any(FieldError::hinders_rules) {
            errors.push(FieldError::rules_not_checked());
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

/// A whole object with unknown fields cannot be decoded; a patch that makes one is wrong in itself.
fn refuse(unknown: &[String], object: &Value, options: &WriteOptions) -> ApiResult<()> {
    if unknown.is_empty() {
        return Ok(());
    }
    let each: Vec<String> = unknown.iter().map(|path| format!("unknown field {path:?}")).collect();
    let why = format!("strict decoding error: {}", each.join(", "));
    if options.patches {
        let error = FieldError::invalid("patch", &Value::String(object.to_string()), why);
        return Err(ApiError::unfit_patch(&error));
    }
    Err(undecodable(object, why))
}

/// The paths of the fields that `object` has and `tidy` has not.
fn missing(object: &Value, tidy: &Value, path: &str, found: &mut Vec<String>) {
    match (object, tidy) {
        (Value::Object(fields), Value::Object(known)) => {
            for (name, value) in fields {
                let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
                match known.get(name) {
                    Some(tidy) => missing(value, tidy, &path, found),
                    None if value.is_null() => {}
                    None => found.push(path),
                }
            }
        }
        (Value::Array(items), Value::Array(known)) => {
            for (at, (item, tidy)) in items.iter().zip(known).enumerate() {
                missing(item, tidy, &format!("{path}[{at}]"), found);
            }
        }
        _ => {}
    }
}
