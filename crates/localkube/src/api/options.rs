//! What a call is about and how it is to be carried out.

use std::sync::Arc;

use serde_json::Value;

use crate::{kinds::Kind, patch::Manager, store::Key};

/// What a call is about.
#[derive(Debug, Clone)]
pub(crate) struct Target {
    /// The kind.
    pub(crate) kind: Arc<Kind>,
    /// The namespace; empty for none, and for all of them.
    pub(crate) namespace: String,
    /// The object; empty for the whole collection.
    pub(crate) name: String,
    /// `status`, or empty for the object itself.
    pub(crate) subresource: String,
}

impl Target {
    /// Where the object is.
    pub(crate) fn key(&self) -> Key {
        Key::new(self.kind.table(), &self.namespace, &self.name)
    }

    /// The same call about another object of the collection.
    pub(crate) fn at(&self, key: &Key) -> Self {
        Self { namespace: key.namespace.clone(), name: key.name.clone(), ..self.clone() }
    }
}

/// How a write is to be carried out.
#[derive(Debug, Clone, Default)]
pub(crate) struct WriteOptions {
    /// Answer as if, and change nothing.
    pub(crate) dry_run: bool,
    /// Who writes.
    pub(crate) field_manager: String,
    /// Take fields over from other managers.
    pub(crate) force: bool,
    /// Refuse unknown fields instead of dropping them.
    pub(crate) strict: bool,
    /// It is a patch of any language, so an unknown field is the patch's fault.
    pub(crate) patches: bool,
    /// It is a server-side apply, which settles itself who owns what.
    pub(crate) applies: bool,
}

impl WriteOptions {
    /// Who writes `target`.
    pub(crate) fn manager(&self, target: &Target) -> Manager {
        let name = match self.field_manager.as_str() {
            "" => "unknown",
            name => name,
        };
        Manager {
            name: name.to_owned(),
            applies: self.applies,
            api_version: target.kind.api_version(),
            subresource: target.subresource.clone(),
        }
    }
}

/// What happens to the dependents of a deleted object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Propagation {
    /// They are deleted after it.
    Background,
    /// They are deleted before it.
    Foreground,
    /// They stay.
    Orphan,
}

/// How a deletion is to be carried out.
#[derive(Debug, Clone, Default)]
pub(crate) struct DeleteOptions {
    /// Answer as if, and change nothing.
    pub(crate) dry_run: bool,
    /// Only the object with this uid.
    pub(crate) uid: Option<String>,
    /// Only the object at this resourceVersion.
    pub(crate) resource_version: Option<String>,
    /// What happens to the dependents; `None` for what the kind does by itself.
    pub(crate) propagation: Option<Propagation>,
}

impl DeleteOptions {
    /// Reads the body of a DELETE.
    pub(crate) fn read(body: &Value) -> Self {
        let text = |value: &Value| value.as_str().filter(|t| !t.is_empty()).map(str::to_owned);
        let orphan = body["orphanDependents"].as_bool();
        let propagation = match (body["propagationPolicy"].as_str(), orphan) {
            (Some("Orphan"), _) | (None, Some(true)) => Some(Propagation::Orphan),
            (Some("Foreground"), _) => Some(Propagation::Foreground),
            (Some("Background"), _) | (None, Some(false)) => Some(Propagation::Background),
            _ => None,
        };
        Self {
            dry_run: body["dryRun"].as_array().is_some_and(|all| !all.is_empty()),
            uid: text(&body["preconditions"]["uid"]),
            resource_version: text(&body["preconditions"]["resourceVersion"]),
            propagation,
        }
    }
}
