//! Reads labels, annotations and finalizers.

use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use resources::meta;

/// The object's name; empty for an object without one.
pub(crate) fn name(metadata: &ObjectMeta) -> &str {
    metadata.name.as_deref().unwrap_or_default()
}

/// The value of a label.
pub(crate) fn label<'a>(metadata: &'a ObjectMeta, key: &str) -> Option<&'a str> {
    Some(metadata.labels.as_ref()?.get(key)?.as_str())
}

/// The value of an annotation.
pub(crate) fn annotation<'a>(metadata: &'a ObjectMeta, key: &str) -> Option<&'a str> {
    Some(metadata.annotations.as_ref()?.get(key)?.as_str())
}

/// Whether the object has Dploy's finalizer.
pub(crate) fn has_our_finalizer(metadata: &ObjectMeta) -> bool {
    metadata.finalizers.iter().flatten().any(|it| it == meta::FINALIZER)
}
