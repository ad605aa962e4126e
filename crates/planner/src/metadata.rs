//! Reads names and finalizers.

use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use resources::meta;

/// The object's name; empty for an object without one.
pub(crate) fn name(metadata: &ObjectMeta) -> &str {
    metadata.name.as_deref().unwrap_or_default()
}

/// Whether the object has Dploy's finalizer.
pub(crate) fn has_our_finalizer(metadata: &ObjectMeta) -> bool {
    metadata.finalizers.iter().flatten().any(|it| it == meta::FINALIZER)
}
