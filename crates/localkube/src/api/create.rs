//! POST: creates an object.

use std::sync::Arc;

use serde_json::Value;

use crate::{
    admission,
    error::{ApiError, ApiResult},
    field_error::FieldError,
    meta,
    patch::{Shape, track},
    request::{Target, WriteOptions},
    store::{Object, Txn},
};

/// The number of names that are generated before the request fails with 409.
const MAX_NAME_ATTEMPTS: usize = 8;

/// Creates an object.
pub(crate) fn create(
    txn: &mut Txn<'_>,
    target: &Target,
    mut object: Value,
    options: &WriteOptions,
) -> ApiResult<Arc<Object>> {
    if !meta::text(&object, "resourceVersion").is_empty() {
        return Err(ApiError::internal_without_reason(
            "resourceVersion should not be set on objects to be created",
        ));
    }
    admission::match_target(target, &mut object)?;
    let target = with_name(txn, target, &mut object)?;
    admission::check_namespace(txn, &target)?;
    if txn.get(&target.key()).is_some() {
        return Err(ApiError::already_exists(&target.kind, &target.name));
    }
    set_server_fields(txn, &target, &mut object);
    admission::admit(&target, &mut object, None, options)?;
    if !options.is_apply {
        let (shape, manager) = (Shape::of(&target.kind), options.manager(&target));
        track(None, &mut object, shape, &manager, txn.now());
    }
    target.kind.convert_to_stored(&mut object);
    if options.dry_run {
        return Ok(Arc::new(Object::without_revision(object)));
    }
    Ok(txn.put(target.key(), object))
}

/// The target with the name of the object, which is generated if only `generateName` is set.
fn with_name(txn: &Txn<'_>, target: &Target, object: &mut Value) -> ApiResult<Target> {
    let prefix = meta::text(object, "generateName").to_owned();
    let mut target = target.clone();
    target.name = meta::text(object, "name").to_owned();
    let is_generated = target.name.is_empty() && !prefix.is_empty();
    for _ in 0..MAX_NAME_ATTEMPTS {
        if is_generated {
            target.name = format!("{}{}", truncated(&prefix), random_suffix(txn));
        }
        if !is_generated || txn.get(&target.key()).is_none() {
            break;
        }
    }
    if target.name.is_empty() {
        let missing = FieldError::required("metadata.name", "name or generateName is required");
        return Err(ApiError::invalid(&target.kind, "", &[missing]));
    }
    meta::set(object, "name", target.name.clone());
    Ok(target)
}

/// The prefix, cut to the 58 bytes that leave room for the suffix in a name of 63.
fn truncated(prefix: &str) -> &str {
    let end = prefix.len().min(58);
    prefix.get(..end).unwrap_or(prefix)
}

/// Five random characters from the alphabet of Kubernetes, which has no vowels.
fn random_suffix(txn: &Txn<'_>) -> String {
    const ALPHABET: &[u8] = b"bcdfghjklmnpqrstvwxz2456789";
    let random = txn.random_bytes::<5>();
    random.iter().map(|byte| char::from(ALPHABET[usize::from(*byte) % ALPHABET.len()])).collect()
}

/// Sets the fields of a new object that only the server may set.
fn set_server_fields(txn: &Txn<'_>, target: &Target, object: &mut Value) {
    for field in ["deletionTimestamp", "deletionGracePeriodSeconds", "selfLink", "generation"] {
        meta::unset(object, field);
    }
    meta::set(object, "uid", new_uid(txn));
    meta::set(object, "creationTimestamp", meta::format_time(txn.now()));
    if target.kind.write_rules.generation {
        meta::set(object, "generation", 1);
    }
    if target.kind.status
        && let Some(fields) = object.as_object_mut()
    {
        fields.remove("status");
    }
}

/// A random (version 4) UUID.
fn new_uid(txn: &Txn<'_>) -> String {
    let mut bytes = txn.random_bytes::<16>();
    bytes[6] = (bytes[6] & 0x0f) | 0x40;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..])
}
