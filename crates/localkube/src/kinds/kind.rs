//! A kind, and what its definition says about its objects.

use std::sync::Arc;

use serde_json::Value;

use super::round_trip::RoundTrip;
use crate::schema::{CelRules, Schema};

/// One kind in one served version.
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
    /// The name in URL paths, such as `configmaps`.
    pub(crate) plural: String,
    /// The singular name for kubectl, such as `configmap`.
    pub(crate) singular: String,
    /// The abbreviations for kubectl, such as `cm`.
    pub(crate) short_names: Vec<String>,
    /// The groups of kinds that kubectl lists together, such as `all`.
    pub(crate) categories: Vec<String>,
    /// Whether objects are in a namespace.
    pub(crate) namespaced: bool,
    /// Whether the kind has the subresource `/status`.
    pub(crate) status: bool,
    /// The rules for writes that differ between kinds.
    pub(crate) write_rules: WriteRules,
    /// The schema and columns of a custom resource; `None` for a built-in kind.
    pub(crate) custom: Option<Arc<Custom>>,
    /// Removes unknown fields from an object of a built-in kind.
    pub(crate) round_trip: Option<RoundTrip>,
}

/// What a CustomResourceDefinition says about one version, besides the names.
#[derive(Debug)]
pub(crate) struct Custom {
    /// The schema, parsed.
    pub(crate) schema: Schema,
    /// The schema as JSON.
    pub(crate) json: Value,
    /// The CEL rules in the schema; `None` when there are none.
    pub(crate) cel: Option<CelRules>,
    /// The columns of `kubectl get`.
    pub(crate) columns: Vec<Column>,
    /// The paths, such as `spec.color`, that field selectors may use.
    pub(crate) selectable: Vec<String>,
}

/// A column of `kubectl get`.
#[derive(Debug, Clone)]
pub(crate) struct Column {
    /// The heading.
    pub(crate) name: String,
    /// The OpenAPI type: `string`, `integer`, `date` …
    pub(crate) kind: String,
    /// The JSONPath of the value.
    pub(crate) path: String,
    /// Columns with a priority above 0 appear only in wide output.
    pub(crate) priority: i64,
    /// The description of the value.
    pub(crate) description: String,
}

/// The rules for writes that differ between kinds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct WriteRules {
    /// `metadata.generation` counts the changes of everything but metadata and status.
    pub(crate) generation: bool,
    /// A PUT may omit the resourceVersion.
    pub(crate) unconditional_update: bool,
    /// A PUT creates a missing object.
    pub(crate) create_on_update: bool,
    /// A name may be any path segment (RBAC).
    pub(crate) path_names: bool,
}

impl Kind {
    /// Whether this is the kind `name` of `group`.
    pub(crate) fn is(&self, group: &str, name: &str) -> bool {
        self.group == group && self.name == name
    }

    /// Whether field selectors may use `path`. A built-in kind allows any path, a custom resource
    /// those that its definition lists.
    pub(crate) fn is_selectable(&self, path: &str) -> bool {
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

    /// `configmaps` or `deployments.apps`, as error messages name the resource.
    pub(crate) fn qualified(&self) -> String {
        match self.group.as_str() {
            "" => self.plural.clone(),
            group => format!("{}.{group}", self.plural),
        }
    }

    /// `ConfigMap` or `Deployment.apps`, as error messages name the kind.
    pub(crate) fn qualified_kind(&self) -> String {
        match self.group.as_str() {
            "" => self.name.clone(),
            group => format!("{}.{group}", self.name),
        }
    }

    /// The name of the table with the objects. All versions of a kind share one table.
    pub(crate) fn table(&self) -> Arc<str> {
        // Events of both API groups are the same objects.
        let group = if self.group == "events.k8s.io" { "" } else { self.group.as_str() };
        format!("{group}/{}", self.plural).into()
    }
}
