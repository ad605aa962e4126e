//! The structural schema of a custom resource: what fills an object in, what is dropped from it, and what is refused.

mod bounds;
mod defaults;
mod definition;
mod formats;
mod prune;
mod rules;
mod validate;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use serde_json::Value;

use self::bounds::Bounds;
pub(crate) use self::{definition::check_definition, rules::Rules};

/// A node of a structural schema.
#[derive(Debug, Default)]
pub(crate) struct Schema {
    /// `object`, `string` …; empty for anything.
    kind: String,
    nullable: bool,
    /// Unknown fields are kept.
    preserve: bool,
    int_or_string: bool,
    /// The value is a whole Kubernetes object.
    embedded: bool,
    properties: BTreeMap<String, Schema>,
    additional: Additional,
    items: Option<Box<Schema>>,
    required: Vec<String>,
    default: Option<Value>,
    list: ListKind,
    atomic_map: bool,
    bounds: Bounds,
    all_of: Vec<Schema>,
    any_of: Vec<Schema>,
    one_of: Vec<Schema>,
    not: Option<Box<Schema>>,
}

/// What `additionalProperties` says.
#[derive(Debug, Default)]
enum Additional {
    /// Nothing: unknown fields are dropped.
    #[default]
    Unsaid,
    /// Anything goes.
    Any,
    /// Every value is like this.
    Like(Box<Schema>),
}

/// How the items of a list are told apart.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) enum ListKind {
    /// Not at all: the list is one value.
    #[default]
    Atomic,
    /// By their value.
    Set,
    /// By the fields named here.
    Map(Vec<String>),
}

impl Schema {
    /// Reads an `openAPIV3Schema`.
    pub(crate) fn read(json: &Value) -> Self {
        let text = |field: &str| json[field].as_str().unwrap_or_default().to_owned();
        let all =
            |field: &str| json[field].as_array().into_iter().flatten().map(Self::read).collect();
        let boxed = |value: &Value| value.is_object().then(|| Box::new(Self::read(value)));
        Self {
            kind: text("type"),
            nullable: json["nullable"] == true,
            preserve: json["x-kubernetes-preserve-unknown-fields"] == true,
            int_or_string: json["x-kubernetes-int-or-string"] == true,
            embedded: json["x-kubernetes-embedded-resource"] == true,
            properties: properties(json),
            additional: Additional::read(&json["additionalProperties"]),
            items: boxed(&json["items"]),
            required: strings(&json["required"]),
            default: json.get("default").cloned(),
            list: ListKind::read(json),
            atomic_map: json["x-kubernetes-map-type"] == "atomic",
            bounds: Bounds::read(json),
            all_of: all("allOf"),
            any_of: all("anyOf"),
            one_of: all("oneOf"),
            not: boxed(&json["not"]),
        }
    }

    /// The schema of a field; `None` for one that is not described.
    pub(crate) fn field(&self, name: &str) -> Option<&Self> {
        match (self.properties.get(name), &self.additional) {
            (None, Additional::Like(schema)) => Some(schema),
            (found, _) => found,
        }
    }

    /// The schema of the items of a list.
    pub(crate) fn items(&self) -> Option<&Self> {
        self.items.as_deref()
    }

    /// How the items of the list are told apart.
    pub(crate) fn list(&self) -> &ListKind {
        &self.list
    }

    /// Whether the object is one value.
    pub(crate) fn is_atomic_map(&self) -> bool {
        self.atomic_map
    }
}

impl Additional {
    fn read(json: &Value) -> Self {
        match json {
            Value::Bool(true) => Self::Any,
            Value::Object(_) => Self::Like(Box::new(Schema::read(json))),
            _ => Self::Unsaid,
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
fn child(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") }
}
