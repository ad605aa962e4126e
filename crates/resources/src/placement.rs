//! What an engine placed for an instance, as the instance's status keeps it.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What an engine placed, if the engine cannot find that by itself.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Placement {
    /// Sixteen hexadecimal digits of the SHA-256 of what was placed. Absent until all of it was
    /// placed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub digest: Option<String>,
    /// The objects in the environment's namespace, which end with it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub inside: Vec<ObjectAddress>,
    /// The objects outside of the namespace. One is recorded before it is placed and until it is
    /// gone.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub outside: Vec<ObjectAddress>,
    /// Those outside of the namespace that are being deleted, because the workload no longer has
    /// them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub leaving: Vec<ObjectAddress>,
}

/// The kind, namespace and name of an object.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ObjectAddress {
    /// `v1` or `apps/v1`.
    pub api_version: String,
    /// The kind.
    pub kind: String,
    /// The namespace; absent for a cluster-scoped kind.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub namespace: Option<String>,
    /// The name.
    pub name: String,
}

impl Placement {
    /// The objects that belong to the workload.
    pub fn staying(&self) -> impl Iterator<Item = &ObjectAddress> {
        self.inside.iter().chain(&self.outside)
    }

    /// Whether all of these objects outside of the namespace are recorded.
    #[must_use]
    pub fn records(&self, outside: &[ObjectAddress]) -> bool {
        outside.iter().all(|object| self.outside.iter().any(|it| it.is_same_as(object)))
    }

    /// The same placement, with these objects outside of the namespace.
    #[must_use]
    pub fn recording(&self, outside: &[ObjectAddress]) -> Self {
        let mut recorded = self.clone();
        for object in outside {
            recorded.leaving.retain(|it| !it.is_same_as(object));
            if !recorded.records(std::slice::from_ref(object)) {
                recorded.outside.push(object.clone());
            }
        }
        recorded
    }
}

impl ObjectAddress {
    /// The API group; empty for the core group.
    #[must_use]
    pub fn group(&self) -> &str {
        self.api_version.split_once('/').map_or("", |(group, _)| group)
    }

    /// Whether both refer to the same object. Versions of its kind do not matter.
    #[must_use]
    pub fn is_same_as(&self, other: &Self) -> bool {
        (self.group(), &self.kind, &self.namespace, &self.name)
            == (other.group(), &other.kind, &other.namespace, &other.name)
    }
}

impl fmt::Display for ObjectAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.namespace {
            Some(namespace) => write!(f, "{} {namespace}/{}", self.kind, self.name),
            None => write!(f, "{} {}", self.kind, self.name),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn object(name: &str) -> ObjectAddress {
        ObjectAddress {
            api_version: "v1".into(),
            kind: "Namespace".into(),
            namespace: None,
            name: name.into(),
        }
    }

    #[test]
    fn an_object_that_is_placed_again_does_not_leave() {
        let before = Placement { leaving: vec![object("a")], ..Placement::default() };
        let after = before.recording(&[object("a"), object("b")]);
        assert_eq!((after.outside, after.leaving), (vec![object("a"), object("b")], Vec::new()));
    }

    #[test]
    fn an_object_is_recorded_once() {
        let before = Placement { outside: vec![object("a")], ..Placement::default() };
        assert!(before.records(&[object("a")]) && !before.records(&[object("b")]));
        assert_eq!(before.recording(&[object("a")]), before);
    }
}
