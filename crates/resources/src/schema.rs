//! Pieces of schema that several kinds share.

use schemars::{Schema, SchemaGenerator, json_schema};

/// An object of any shape, which the API server keeps as it is.
pub(crate) fn free_form(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "object", "x-kubernetes-preserve-unknown-fields": true })
}
