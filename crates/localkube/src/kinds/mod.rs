//! The kinds that are served: the built-in ones and those of CustomResourceDefinitions.

mod builtin;
mod custom;
mod registry;

pub(crate) use custom::accepted_names;
pub(crate) use registry::Registry;

use std::sync::Arc;

/// One kind in one version.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Kind {
    /// The API group; empty for the core group.
    pub(crate) group: String,
    /// The version, such as `v1`.
    pub(crate) version: String,
    /// The kind, such as `ConfigMap`.
    pub(crate) name: String,
    /// The kind of a list, such as `ConfigMapList`.
    pub(crate) list_name: String,
    /// The name in paths.
    pub(crate) plural: String,
    /// The name for one, as people type it.
    pub(crate) singular: String,
    /// What people type instead.
    pub(crate) short_names: Vec<String>,
    /// Groups of kinds that people list together, such as `all`.
    pub(crate) categories: Vec<String>,
    /// Whether objects live in a namespace.
    pub(crate) namespaced: bool,
    /// Whether status is written through `/status` only.
    pub(crate) status: bool,
    /// How the kind departs from the usual rules.
    pub(crate) rules: Rules,
}

/// How a kind departs from the usual rules of writing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Rules {
    /// `metadata.generation` counts the changes of what people ask for.
    pub(crate) generation: bool,
    /// A PUT may come without a resourceVersion.
    pub(crate) unconditional_update: bool,
    /// A PUT on nothing creates.
    pub(crate) create_on_update: bool,
    /// Names may hold anything that fits in a path (RBAC).
    pub(crate) path_names: bool,
}

impl Kind {
    /// `v1` or `apps/v1`.
    pub(crate) fn api_version(&self) -> String {
        match self.group.as_str() {
            "" => self.version.clone(),
            group => format!("{group}/{}", self.version),
        }
    }

    /// `configmaps` or `deployments.apps`, as in messages.
    pub(crate) fn qualified(&self) -> String {
        match self.group.as_str() {
            "" => self.plural.clone(),
            group => format!("{}.{group}", self.plural),
        }
    }

    /// `ConfigMap` or `Deployment.apps`, as in messages.
    pub(crate) fn qualified_kind(&self) -> String {
        match self.group.as_str() {
            "" => self.name.clone(),
            group => format!("{}.{group}", self.name),
        }
    }

    /// The table that keeps the objects; all versions of a kind share one.
    pub(crate) fn table(&self) -> Arc<str> {
        // Both APIs of events show the same objects.
        let group = if self.group == "events.k8s.io" { "" } else { self.group.as_str() };
        format!("{group}/{}", self.plural).into()
    }
}
