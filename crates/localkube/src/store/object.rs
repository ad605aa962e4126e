//! A stored object. It is immutable and shared by its readers.

use std::sync::OnceLock;

use bytes::Bytes;
use serde_json::Value;

use crate::meta;

/// A resourceVersion. Each change increments it.
pub(crate) type Revision = u64;

/// An object at one resourceVersion.
#[derive(Debug)]
pub(crate) struct Object {
    value: Value,
    revision: Revision,
    json: OnceLock<Bytes>,
}

impl AsRef<Self> for Object {
    fn as_ref(&self) -> &Self {
        self
    }
}

impl Object {
    /// The object `value`, with `revision` as its resourceVersion.
    pub(crate) fn new(mut value: Value, revision: Revision) -> Self {
        value["metadata"]["resourceVersion"] = revision.to_string().into();
        Self { value, revision, json: OnceLock::new() }
    }

    /// The result of a dry run, which has no resourceVersion.
    pub(crate) fn without_revision(value: Value) -> Self {
        Self { value, revision: 0, json: OnceLock::new() }
    }

    /// The object as JSON value.
    pub(crate) fn value(&self) -> &Value {
        &self.value
    }

    /// The namespace, empty if there is none, and the name.
    pub(crate) fn namespace_and_name(&self) -> (&str, &str) {
        (meta::text(&self.value, "namespace"), meta::text(&self.value, "name"))
    }

    /// The resourceVersion.
    pub(crate) fn revision(&self) -> Revision {
        self.revision
    }

    /// The object as JSON text. It is serialized once and then shared.
    pub(crate) fn json(&self) -> Bytes {
        self.json.get_or_init(|| self.value.to_string().into()).clone()
    }
}
