//! How objects are shown: whole, as their metadata only, or as rows of a table for `kubectl get`.

mod age;
mod jsonpath;
mod table;

#[cfg(test)]
mod tests;

use bytes::Bytes;
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::{kinds::Kind, meta, store::Object};

/// How objects are shown.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum View {
    /// As they are.
    #[default]
    Whole,
    /// `PartialObjectMetadata`
    Metadata,
    /// `Table`
    Table,
}

impl View {
    /// What an `Accept` header asks for: the first form in it that is known here.
    pub(crate) fn accepted(header: &str) -> Self {
        let known = |form: &str| {
            let parameter = form.split(';').find_map(|part| part.trim().strip_prefix("as="));
            match parameter {
                None => Some(Self::Whole),
                Some("Table") => Some(Self::Table),
                Some("PartialObjectMetadata" | "PartialObjectMetadataList") => Some(Self::Metadata),
                Some(_) => None,
            }
        };
        header.split(',').find_map(known).unwrap_or_default()
    }

    /// One object, as JSON.
    pub(crate) fn object(self, kind: &Kind, object: &Object, now: Timestamp) -> Bytes {
        match self {
            Self::Whole => match kind.show(object.value()) {
                None => object.json(),
                Some(shown) => shown.to_string().into(),
            },
            Self::Metadata => metadata(object).to_string().into(),
            Self::Table => {
                let list = json!({ "resourceVersion": object.revision().to_string() });
                self.list(kind, &[object], &list, now)
            }
        }
    }

    /// An object in a list, as JSON: what a built-in one is, the list says for all.
    fn item(self, kind: &Kind, object: &Object, now: Timestamp) -> Bytes {
        if self != Self::Whole || kind.custom.is_some() {
            return self.object(kind, object, now);
        }
        let shown = kind.show(object.value());
        let mut fields = meta::fields(shown.as_ref().unwrap_or(object.value()));
        fields.retain(|name, _| name != "apiVersion" && name != "kind");
        Value::Object(fields).to_string().into()
    }

    /// A list of objects, as JSON. `list` is the list's own metadata.
    pub(crate) fn list<O: AsRef<Object>>(
        self,
        kind: &Kind,
        objects: &[O],
        list: &Value,
        now: Timestamp,
    ) -> Bytes {
        let objects = objects.iter().map(AsRef::as_ref);
        if self == Self::Table {
            return table::of(kind, objects, list, now).to_string().into();
        }
        let items: Vec<Bytes> = objects.map(|object| self.item(kind, object, now)).collect();
        let (version, name) = match self {
            Self::Metadata => ("meta.k8s.io/v1".to_owned(), "PartialObjectMetadataList"),
            _ => (kind.api_version(), kind.list_name.as_str()),
        };
        let (version, name) = (json!(version), json!(name));
        let mut body =
            format!(r#"{{"apiVersion":{version},"kind":{name},"metadata":{list},"items":["#)
                .into_bytes();
        body.extend_from_slice(&items.join(&b","[..]));
        body.extend_from_slice(b"]}");
        body.into()
    }
}

/// The object as `PartialObjectMetadata`.
fn metadata(object: &Object) -> Value {
    json!({
        "apiVersion": "meta.k8s.io/v1",
        "kind": "PartialObjectMetadata",
        "metadata": object.value()["metadata"],
    })
}
