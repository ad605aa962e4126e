//! The kinds that are served: the built-in ones and those of CustomResourceDefinitions.

mod builtin;
mod convert;
mod custom;
mod registry;
mod typed;

pub(crate) use custom::accepted_names;
pub(crate) use registry::Registry;
pub(crate) use typed::Typed;

use std::sync::Arc;

use serde_json::Value;

use crate::schema::{Rules as CelRules, Schema};

/// One kind in one version.
#[derive(Debug, Clone, Default)]
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
    /// What a custom resource must look like.
    pub(crate) custom: Option<Arc<Custom>>,
    /// Decodes a built-in object and writes it again, without the fields that it does not have.
    pub(crate) typed: Option<Typed>,
}

/// What the definition of a custom resource says beside its names.
#[derive(Debug)]
pub(crate) struct Custom {
    /// The schema.
    pub(crate) schema: Schema,
    /// The schema as it was written.
    pub(crate) json: Value,
    /// The CEL rules in the schema.
    pub(crate) cel: Option<CelRules>,
    /// The columns that `kubectl get` shows.
    pub(crate) columns: Vec<Column>,
    /// The fields, such as `spec.color`, that selectors may name.
    pub(crate) selectable: Vec<String>,
}

/// A column of `kubectl get`.
#[derive(Debug, Clone)]
pub(crate) struct Column {
    /// The heading.
    pub(crate) name: String,
    /// `string`, `integer`, `date` …
    pub(crate) kind: String,
    /// Where the value is, as a JSONPath.
    pub(crate) path: String,
    /// 0 is always shown, more only in wide output.
    pub(crate) priority: i64,
    /// What it means.
    pub(crate) description: String,
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
    /// Whether this is the kind `name` of `group`.
    pub(crate) fn is(&self, group: &str, name: &str) -> bool {
        self.group == group && self.name == name
    }

    /// Whether field selectors may name `path`. Built-in kinds take any, a custom resource those that its definition
    /// lists.
    pub(crate) fn selects_by(&self, path: &str) -> bool {
        let selectable = |custom: &Arc<Custom>| custom.selectable.iter().any(|one| one == path);
        matches!(path, "metadata.name" | "metadata.namespace")
            || self.custom.as_ref().is_none_or(selectable)
    }

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
