//! An object as it is kept: never changed, shared by everyone who reads it.

use std::sync::OnceLock;

use bytes::Bytes;
use serde_json::Value;

use crate::meta;

/// A resourceVersion. Every change takes the next one.
pub(crate) type Revision = u64;

/// An object as it was written at one resourceVersion.
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
    /// Stamps `value` with `revision`.
    pub(crate) fn new(mut value: Value, revision: Revision) -> Self {
        value["metadata"]["resourceVersion"] = revision.to_string().into();
        Self { value, revision, json: OnceLock::new() }
    }

    /// What would be written, and has no revision yet.
    pub(crate) fn unwritten(value: Value) -> Self {
        Self { value, revision: 0, json: OnceLock::new() }
    }

    /// The object.
    pub(crate) fn value(&self) -> &Value {
        &self.value
    }

    /// Its namespace and name.
    pub(crate) fn place(&self) -> (&str, &str) {
        (meta::text(&self.value, "namespace"), meta::text(&self.value, "name"))
    }

    /// Its resourceVersion.
    pub(crate) fn revision(&self) -> Revision {
        self.revision
    }

    /// The object as JSON, written once however many readers and watchers ask for it.
    pub(crate) fn json(&self) -> Bytes {
        self.json.get_or_init(|| self.value.to_string().into()).clone()
    }
}
