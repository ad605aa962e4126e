//! Parts of schemas that several kinds share.

use schemars::{Schema, SchemaGenerator, json_schema};

/// The schema of an object with any fields, which the API server stores unchanged.
pub(crate) fn free_form(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "object", "x-kubernetes-preserve-unknown-fields": true })
}
