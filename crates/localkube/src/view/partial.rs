//! An object reduced to its metadata.

use serde_json::{Value, json};

use crate::store::Object;

/// The object as `PartialObjectMetadata`.
pub(super) fn partial_metadata(object: &Object) -> Value {
    json!({
        "apiVersion": "meta.k8s.io/v1",
        "kind": "PartialObjectMetadata",
        "metadata": object.value()["metadata"],
    })
}
