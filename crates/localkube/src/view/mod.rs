//! The representations of objects: whole, only metadata, or a table for `kubectl get`.

mod age;
mod jsonpath;
mod partial;
mod table;

#[cfg(test)]
mod tests;

use bytes::Bytes;
use jiff::Timestamp;
use serde_json::{Value, json};

use self::partial::partial_metadata;
use crate::{kinds::Kind, meta, store::Object};

/// A representation of objects.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum View {
    /// The whole objects.
    #[default]
    Whole,
    /// `PartialObjectMetadata`
    Metadata,
    /// `Table`
    Table,
}

impl View {
    /// The first supported representation in an `Accept` header.
    pub(crate) fn from_accept(header: &str) -> Self {
        let supported = |form: &str| {
            let parameter = form.split(';').find_map(|part| part.trim().strip_prefix("as="));
            match parameter {
                None => Some(Self::Whole),
                Some("Table") => Some(Self::Table),
                Some("PartialObjectMetadata" | "PartialObjectMetadataList") => Some(Self::Metadata),
                Some(_) => None,
            }
        };
        header.split(',').find_map(supported).unwrap_or_default()
    }

    /// One object, as JSON.
    pub(crate) fn object(self, kind: &Kind, object: &Object, now: Timestamp) -> Bytes {
        match self {
            Self::Whole => match kind.to_served(object.value()) {
                None => object.json(),
                Some(served) => served.to_string().into(),
            },
            Self::Metadata => partial_metadata(object).to_string().into(),
            Self::Table => {
                let list = json!({ "resourceVersion": object.revision().to_string() });
                self.list(kind, &[object], &list, now)
            }
        }
    }

    /// One object of a list, as JSON. Objects of built-in kinds omit `apiVersion` and `kind` there.
    fn item(self, kind: &Kind, object: &Object, now: Timestamp) -> Bytes {
        if self != Self::Whole || kind.custom.is_some() {
            return self.object(kind, object, now);
        }
        let served = kind.to_served(object.value());
        let mut fields = meta::to_map(served.as_ref().unwrap_or(object.value()));
        fields.retain(|name, _| name != "apiVersion" && name != "kind");
        Value::Object(fields).to_string().into()
    }

    /// A list of objects, as JSON. `list` is the metadata of the list.
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
