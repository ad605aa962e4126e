//! PATCH.

use std::sync::Arc;

use serde_json::Value;

use super::{Target, WriteOptions, create, update};
use crate::{
    error::{ApiError, ApiResult},
    meta,
    store::{Object, Txn},
};

/// A patch in one of its languages.
#[derive(Debug, Clone)]
pub(crate) enum Patch {
    /// RFC 6902.
    Json(json_patch::Patch),
    /// RFC 7386.
    Merge(Value),
    /// The fields that their manager wants.
    Apply(Value),
}

/// Patches an object. The flag tells whether it was created.
pub(crate) fn patch(
    txn: &mut Txn<'_>,
    target: &Target,
    patch: Patch,
    options: &WriteOptions,
) -> ApiResult<(Arc<Object>, bool)> {
    let exists = txn.get(&target.key()).is_some();
    match patch {
        Patch::Apply(mut wanted) if !exists && target.subresource.is_empty() => {
            meta::set(&mut wanted, "name", target.name.as_str());
            create(txn, target, wanted, options).map(|made| (made, true))
        }
        patch => update(txn, target, options, |before| patched(before, patch)).map(|o| (o, false)),
    }
}

fn patched(before: &Value, patch: Patch) -> ApiResult<Value> {
    let mut after = before.clone();
    match patch {
        Patch::Json(patch) => json_patch::patch(&mut after, &patch).map_err(|error| {
            ApiError::unprocessable(format!(
                "the server rejected our request due to an error in our request: {error}"
            ))
        })?,
        Patch::Merge(change) | Patch::Apply(change) => json_patch::merge(&mut after, &change),
    }
    Ok(after)
}
