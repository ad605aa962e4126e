//! Which lists and maps merge item by item, and by what their items are told apart.

use serde_json::{Map, Value};

use crate::{
    kinds::Kind,
    schema::{ListKind, Schema},
};

/// The shape of a value within an object.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Shape<'a> {
    /// A custom resource: its schema says.
    Custom(&'a Schema),
    /// A field of that name of a built-in object, or of metadata.
    Known(&'a str),
    /// Something that no schema describes.
    Unknown,
}

impl<'a> Shape<'a> {
    /// The shape of whole objects of `kind`.
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

    /// The shape of an item of the list.
    pub(super) fn item(self) -> Self {
        match self {
            Self::Custom(schema) => schema.items().map_or(Self::Unknown, Self::Custom),
            Self::Known(_) => Self::Known(""),
            Self::Unknown => Self::Unknown,
        }
    }

    /// Whether an object here is one value.
    pub(super) fn is_atomic_map(self) -> bool {
        match self {
            Self::Custom(schema) => schema.is_atomic_map(),
            Self::Known(name) => matches!(name, "selector" | "labelSelector"),
            Self::Unknown => false,
        }
    }

    /// How the items of a list here are told apart.
    pub(super) fn list(self, items: &[Value]) -> ListKind {
        let by = |keys: &[&str]| ListKind::Map(keys.iter().map(|&key| key.to_owned()).collect());
        let has = |field: &str| items.iter().any(|item| item.get(field).is_some());
        match self {
            Self::Custom(schema) => schema.list().clone(),
            Self::Unknown => ListKind::Atomic,
            Self::Known(name) => match name {
                "finalizers" => ListKind::Set,
                "ownerReferences" => by(&["uid"]),
                "conditions" => by(&["type"]),
                "volumeMounts" => by(&["mountPath"]),
                "ports" if has("containerPort") => by(&["containerPort", "protocol"]),
                "ports" if has("port") => by(&["port", "protocol"]),
                "containers"
                | "initContainers"
                | "ephemeralContainers"
                | "volumes"
                | "env"
                | "imagePullSecrets"
                | "secrets" => by(&["name"]),
                _ => ListKind::Atomic,
            },
        }
    }
}

/// What tells an item of a list from the others; `None` in a list that is one value.
pub(super) fn identity(kind: &ListKind, item: &Value) -> Option<Value> {
    match kind {
        ListKind::Atomic => None,
        ListKind::Set => Some(item.clone()),
        ListKind::Map(keys) => {
            let mut identity = Map::new();
            for key in keys {
                match item.get(key) {
                    Some(value) => identity.insert(key.clone(), value.clone()),
                    // The one key that clients may leave out.
                    None if key == "protocol" => identity.insert(key.clone(), "TCP".into()),
                    None => None,
                };
            }
            Some(Value::Object(identity))
        }
    }
}
