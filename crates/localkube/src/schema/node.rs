//! A node of a schema, parsed from JSON.

use std::collections::BTreeMap;

use serde_json::Value;

use super::bounds::Bounds;

/// A node of a structural schema.
#[derive(Debug, Default)]
pub(crate) struct Schema {
    /// `object`, `string` …; empty when any type is allowed.
    pub(super) kind: String,
    pub(super) nullable: bool,
    /// `x-kubernetes-preserve-unknown-fields`
    pub(super) preserves_unknown: bool,
    pub(super) int_or_string: bool,
    /// The value is a Kubernetes object (`x-kubernetes-embedded-resource`).
    pub(super) is_embedded_resource: bool,
    pub(super) properties: BTreeMap<String, Schema>,
    pub(super) additional: Additional,
    pub(super) items: Option<Box<Schema>>,
    pub(super) required: Vec<String>,
    pub(super) default: Option<Value>,
    pub(super) list_kind: ListKind,
    pub(super) atomic_map: bool,
    pub(super) bounds: Bounds,
    pub(super) all_of: Vec<Schema>,
    pub(super) any_of: Vec<Schema>,
    pub(super) one_of: Vec<Schema>,
    pub(super) not: Option<Box<Schema>>,
}

/// The value of `additionalProperties`.
#[derive(Debug, Default)]
pub(super) enum Additional {
    /// Absent or `false`: unknown fields are pruned.
    #[default]
    Forbidden,
    /// `true`: unknown fields are kept.
    Any,
    /// The schema of the unknown fields.
    Described(Box<Schema>),
}

/// What identifies the items of a list (`x-kubernetes-list-type`).
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) enum ListKind {
    /// Nothing: the list is a single value.
    #[default]
    Atomic,
    /// Their value.
    Set,
    /// The values of these fields.
    Map(Vec<String>),
}

impl Schema {
    /// Parses an `openAPIV3Schema`.
    pub(crate) fn read(json: &Value) -> Self {
        let text = |field: &str| json[field].as_str().unwrap_or_default().to_owned();
        let all =
            |field: &str| json[field].as_array().into_iter().flatten().map(Self::read).collect();
        let boxed = |value: &Value| value.is_object().then(|| Box::new(Self::read(value)));
        Self {
            kind: text("type"),
            nullable: json["nullable"] == true,
            preserves_unknown: json["x-kubernetes-preserve-unknown-fields"] == true,
            int_or_string: json["x-kubernetes-int-or-string"] == true,
            is_embedded_resource: json["x-kubernetes-embedded-resource"] == true,
            properties: properties(json),
            additional: Additional::read(&json["additionalProperties"]),
            items: boxed(&json["items"]),
            required: strings(&json["required"]),
            default: json.get("default").cloned(),
            list_kind: ListKind::read(json),
            atomic_map: json["x-kubernetes-map-type"] == "atomic",
            bounds: Bounds::read(json),
            all_of: all("allOf"),
            any_of: all("anyOf"),
            one_of: all("oneOf"),
            not: boxed(&json["not"]),
        }
    }

    /// The schema of a field; `None` when the field is not described.
    pub(crate) fn field(&self, name: &str) -> Option<&Self> {
        match (self.properties.get(name), &self.additional) {
            (None, Additional::Described(schema)) => Some(schema),
            (found, _) => found,
        }
    }

    /// The schema of the items, if this is a list.
    pub(crate) fn items(&self) -> Option<&Self> {
        self.items.as_deref()
    }

    /// What identifies the items, if this is a list.
    pub(crate) fn list_kind(&self) -> &ListKind {
        &self.list_kind
    }

    /// Whether the object is a single value (`x-kubernetes-map-type: atomic`).
    pub(crate) fn is_atomic_map(&self) -> bool {
        self.atomic_map
    }
}

impl Additional {
    fn read(json: &Value) -> Self {
        match json {
            Value::Bool(true) => Self::Any,
            Value::Object(_) => Self::Described(Box::new(Schema::read(json))),
            _ => Self::Forbidden,
        }
    }
}

impl ListKind {
    fn read(json: &Value) -> Self {
        match json["x-kubernetes-list-type"].as_str() {
            Some("set") => Self::Set,
            Some("map") => Self::Map(strings(&json["x-kubernetes-list-map-keys"])),
            _ => Self::Atomic,
        }
    }
}

fn properties(json: &Value) -> BTreeMap<String, Schema> {
    let all = json["properties"].as_object().into_iter().flatten();
    all.map(|(name, schema)| (name.clone(), Schema::read(schema))).collect()
}

fn strings(value: &Value) -> Vec<String> {
    value.as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
}

/// The path of a field as Kubernetes prints it.
pub(super) fn child_path(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") }
}
