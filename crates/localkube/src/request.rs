//! The target and the options of a request.

use std::sync::Arc;

use serde_json::Value;

use crate::{kinds::Kind, patch::Manager, store::Key};

/// The kind, object and subresource that a request is about.
#[derive(Debug, Clone)]
pub(crate) struct Target {
    /// The kind.
    pub(crate) kind: Arc<Kind>,
    /// The namespace; empty for cluster-scoped kinds and for all namespaces.
    pub(crate) namespace: String,
    /// The name of the object; empty for the collection.
    pub(crate) name: String,
    /// `status`, or empty for the object itself.
    pub(crate) subresource: String,
}

impl Target {
    /// The key of the object.
    pub(crate) fn key(&self) -> Key {
        Key::new(self.kind.table(), &self.namespace, &self.name)
    }

    /// The same target with another object of the kind.
    pub(crate) fn with_key(&self, key: &Key) -> Self {
        Self { namespace: key.namespace.clone(), name: key.name.clone(), ..self.clone() }
    }
}

/// The options of a write.
#[derive(Debug, Clone, Default)]
pub(crate) struct WriteOptions {
    /// `dryRun`: compute the answer, but write nothing.
    pub(crate) dry_run: bool,
    /// `fieldManager`; empty when the client sends none.
    pub(crate) field_manager: String,
    /// `force`: take over fields that other managers own.
    pub(crate) force: bool,
    /// `fieldValidation=Strict`: refuse unknown fields instead of removing them.
    pub(crate) strict: bool,
    /// The write is a patch of any type.
    pub(crate) is_patch: bool,
    /// The write is a server-side apply, which sets `managedFields` itself.
    pub(crate) is_apply: bool,
}

impl WriteOptions {
    /// The field manager of a write to `target`.
    pub(crate) fn manager(&self, target: &Target) -> Manager {
        let name = match self.field_manager.as_str() {
            "" => "unknown",
            name => name,
        };
        Manager {
            name: name.to_owned(),
            is_apply: self.is_apply,
            api_version: target.kind.api_version(),
            subresource: target.subresource.clone(),
        }
    }
}

/// `propagationPolicy`: what happens to the dependents of a deleted object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Propagation {
    /// The dependents are deleted after the object.
    Background,
    /// The dependents are deleted before the object.
    Foreground,
    /// The dependents stay.
    Orphan,
}

/// The options of a deletion.
#[derive(Debug, Clone, Default)]
pub(crate) struct DeleteOptions {
    /// `dryRun`: compute the answer, but write nothing.
    pub(crate) dry_run: bool,
    /// Precondition: the object has this uid.
    pub(crate) uid: Option<String>,
    /// Precondition: the object has this resourceVersion.
    pub(crate) resource_version: Option<String>,
    /// `propagationPolicy`; `None` keeps the object's own finalizers.
    pub(crate) propagation: Option<Propagation>,
}

impl DeleteOptions {
    /// Parses the body of a DELETE.
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
