//! POST.

use std::sync::Arc;

use serde_json::Value;

use super::{Target, WriteOptions};
use crate::{
    admission,
    error::{ApiError, ApiResult},
    meta,
    patch::{Shape, track},
    store::{Object, Txn},
};

/// How often a generated name is tried before the caller is told to try again.
const NAME_TRIES: usize = 8;

/// Creates an object.
pub(crate) fn create(
    txn: &mut Txn<'_>,
    target: &Target,
    mut object: Value,
    options: &WriteOptions,
) -> ApiResult<Arc<Object>> {
    if !meta::text(&object, "resourceVersion").is_empty() {
        return Err(ApiError::plain("resourceVersion should not be set on objects to be created"));
    }
    admission::same_place(target, &mut object)?;
    let target = name(txn, target, &mut object)?;
    admission::namespace_takes_new_objects(txn, &target)?;
    if txn.get(&target.key()).is_some() {
        return Err(ApiError::already_exists(&target.kind, &target.name));
    }
    begin(txn, &target, &mut object);
    admission::admit(&target, &mut object, None, options)?;
    if !options.applies {
        let (shape, manager) = (Shape::of(&target.kind), options.manager(&target));
        track(None, &mut object, shape, &manager, txn.now());
    }
    target.kind.keep(&mut object);
    if options.dry_run {
        return Ok(Arc::new(Object::unwritten(object)));
    }
    Ok(txn.put(target.key(), object))
}

/// Settles the name, drawing one when only `generateName` is given.
fn name(txn: &Txn<'_>, target: &Target, object: &mut Value) -> ApiResult<Target> {
    let prefix = meta::text(object, "generateName").to_owned();
    let mut target = target.clone();
    target.name = meta::text(object, "name").to_owned();
    let generated = target.name.is_empty() && !prefix.is_empty();
    for _ in 0..NAME_TRIES {
        if generated {
            target.name = format!("{}{}", shortened(&prefix), suffix());
        }
        if !generated || txn.get(&target.key()).is_none() {
            break;
        }
    }
    if target.name.is_empty() {
        let missing =
            crate::error::FieldError::required("metadata.name", "name or generateName is required");
        return Err(ApiError::invalid(&target.kind, "", &[missing]));
    }
    meta::set(object, "name", target.name.clone());
    Ok(target)
}

/// A prefix that leaves room for the five characters in a name of 63.
fn shortened(prefix: &str) -> &str {
    let end = prefix.len().min(58);
    prefix.get(..end).unwrap_or(prefix)
}

/// Five characters that form no words, as Kubernetes draws them.
fn suffix() -> String {
    const LETTERS: &[u8] = b"bcdfghjklmnpqrstvwxz2456789";
    let random = clock::random_bytes::<5>();
    random.iter().map(|byte| char::from(LETTERS[usize::from(*byte) % LETTERS.len()])).collect()
}

/// Fills in what the server says of a new object.
fn begin(txn: &Txn<'_>, target: &Target, object: &mut Value) {
    for field in ["deletionTimestamp", "deletionGracePeriodSeconds", "selfLink", "generation"] {
        meta::unset(object, field);
    }
    meta::set(object, "uid", new_uid());
    meta::set(object, "creationTimestamp", meta::seconds(txn.now()));
    if target.kind.rules.generation {
        meta::set(object, "generation", 1);
    }
    if target.kind.status
        && let Some(fields) = object.as_object_mut()
    {
        fields.remove("status");
    }
}

/// A random (version 4) UUID.
fn new_uid() -> String {
    let mut bytes = clock::random_bytes::<16>();
    bytes[6] = (bytes[6] & 0x0f) | 0x40;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..])
}
