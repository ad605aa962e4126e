//! The addresses of a template's objects.

use kube::core::GroupVersionKind;
use resources::ObjectAddress;
use serde_json::Value;

/// The object that a document describes, with the document's namespace.
pub(super) fn address(document: &Value) -> ObjectAddress {
    let text = |path: &str| document.pointer(path).and_then(Value::as_str);
    ObjectAddress {
        api_version: text("/apiVersion").unwrap_or_default().to_owned(),
        kind: text("/kind").unwrap_or_default().to_owned(),
        namespace: text("/metadata/namespace").map(ToOwned::to_owned),
        name: text("/metadata/name").unwrap_or_default().to_owned(),
    }
}

/// Group, version and kind of an object.
pub(super) fn gvk(object: &ObjectAddress) -> GroupVersionKind {
    let version = object.api_version.split_once('/').map_or(&*object.api_version, |it| it.1);
    GroupVersionKind::gvk(object.group(), version, &object.kind)
}
