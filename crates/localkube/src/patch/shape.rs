//! Which lists and maps are merged item by item, and what identifies their items.

use serde_json::{Map, Value};

use crate::{
    kinds::Kind,
    schema::{ListKind, Schema},
};

/// The shape of a value within an object.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Shape<'a> {
    /// A value of a custom resource, with its schema.
    Custom(&'a Schema),
    /// The field of this name in a built-in object or in metadata.
    Known(&'a str),
    /// A value that no schema describes.
    Unknown,
}

impl<'a> Shape<'a> {
    /// The shape of the objects of `kind`.
    pub(crate) fn of(kind: &'a Kind) -> Self {
        match &kind.custom {
            Some(custom) => Self::Custom(&custom.schema),
            None => Self::Known(""),
        }
    }

    /// The shape of a field.
    pub(super) fn field(self, name: &'a str, at_root: bool) -> Self {
        match self {
            Self::Custom(_) if at_root && name == "metadata" => Self::Known(name),
            Self::Custom(schema) => schema.field(name).map_or(Self::Unknown, Self::Custom),
            Self::Known(_) => Self::Known(name),
            Self::Unknown => Self::Unknown,
        }
    }

    /// The shape of an item, if this is a list.
    pub(super) fn item(self) -> Self {
        match self {
            Self::Custom(schema) => schema.items().map_or(Self::Unknown, Self::Custom),
            Self::Known(_) => Self::Known(""),
            Self::Unknown => Self::Unknown,
        }
    }

    /// Whether the object is a single value, whose fields are not merged.
    pub(super) fn is_atomic_map(self) -> bool {
        match self {
            Self::Custom(schema) => schema.is_atomic_map(),
            Self::Known(name) => matches!(name, "selector" | "labelSelector"),
            Self::Unknown => false,
        }
    }

    /// What identifies the items of this list.
    pub(super) fn list_kind(self, items: &[Value]) -> ListKind {
        let map_of =
            |keys: &[&str]| ListKind::Map(keys.iter().map(|&key| key.to_owned()).collect());
        let has = |field: &str| items.iter().any(|item| item.get(field).is_some());
        match self {
            Self::Custom(schema) => schema.list_kind().clone(),
            Self::Unknown => ListKind::Atomic,
            Self::Known(name) => match name {
                "finalizers" => ListKind::Set,
                "ownerReferences" => map_of(&["uid"]),
                "conditions" => map_of(&["type"]),
                "volumeMounts" => map_of(&["mountPath"]),
                "ports" if has("containerPort") => map_of(&["containerPort", "protocol"]),
                "ports" if has("port") => map_of(&["port", "protocol"]),
                "containers"
                | "initContainers"
                | "ephemeralContainers"
                | "volumes"
                | "env"
                | "imagePullSecrets"
                | "secrets" => map_of(&["name"]),
                _ => ListKind::Atomic,
            },
        }
    }
}

/// The identity of a list item; `None` if the list is a single value.
pub(super) fn identity(kind: &ListKind, item: &Value) -> Option<Value> {
    match kind {
        ListKind::Atomic => None,
        ListKind::Set => Some(item.clone()),
        ListKind::Map(keys) => {
            let mut identity = Map::new();
            for key in keys {
                match item.get(key) {
                    Some(value) => identity.insert(key.clone(), value.clone()),
                    // Clients may omit this key, whose default is TCP.
                    None if key == "protocol" => identity.insert(key.clone(), "TCP".into()),
                    None => None,
                };
            }
            Some(Value::Object(identity))
        }
    }
}
