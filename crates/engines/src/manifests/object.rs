//! The reference of an object: its kind, namespace and name.

use std::fmt;

use kube::core::GroupVersionKind;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// An object of the cluster, as the inventory names it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ObjectRef {
    /// `v1` or `apps/v1`.
    pub(super) api_version: String,
    /// The kind.
    pub(super) kind: String,
    /// The namespace; `None` for a cluster-scoped kind.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) namespace: Option<String>,
    /// The name.
    pub(super) name: String,
}

impl ObjectRef {
    /// The object that a document describes, with the document's namespace.
    pub(super) fn of(document: &Value) -> Self {
        let text = |path: &str| document.pointer(path).and_then(Value::as_str);
        Self {
            api_version: text("/apiVersion").unwrap_or_default().to_owned(),
            kind: text("/kind").unwrap_or_default().to_owned(),
            namespace: text("/metadata/namespace").map(ToOwned::to_owned),
            name: text("/metadata/name").unwrap_or_default().to_owned(),
        }
    }

    /// The API group; empty for the core group.
    pub(super) fn group(&self) -> &str {
        self.api_version.split_once('/').map_or("", |(group, _)| group)
    }

    /// Group, version and kind.
    pub(super) fn gvk(&self) -> GroupVersionKind {
        let version = self.api_version.split_once('/').map_or(&*self.api_version, |it| it.1);
        GroupVersionKind::gvk(self.group(), version, &self.kind)
    }

    /// Whether both refer to the same object. Versions of its kind do not matter.
    pub(super) fn is_same_as(&self, other: &Self) -> bool {
        (self.group(), &self.kind, &self.namespace, &self.name)
            == (other.group(), &other.kind, &other.namespace, &other.name)
    }
}

impl fmt::Display for ObjectRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.namespace {
            Some(namespace) => write!(f, "{} {namespace}/{}", self.kind, self.name),
            None => write!(f, "{} {}", self.kind, self.name),
        }
    }
}
