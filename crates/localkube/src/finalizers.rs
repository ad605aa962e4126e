//! The finalizers that the server itself sets and removes.

/// Keeps an owner until its dependents are deleted (`propagationPolicy: Foreground`).
pub(crate) const FOREGROUND_DELETION: &str = "foregroundDeletion";

/// Keeps an owner until its dependents no longer refer to it (`propagationPolicy: Orphan`).
pub(crate) const ORPHAN_DEPENDENTS: &str = "orphan";

/// Keeps a CustomResourceDefinition until its custom resources are deleted.
pub(crate) const CUSTOM_RESOURCE_CLEANUP: &str = "customresourcecleanup.apiextensions.k8s.io";

/// Whether the garbage collector sets and removes this finalizer.
pub(crate) fn belongs_to_garbage_collector(finalizer: &str) -> bool {
    matches!(finalizer, FOREGROUND_DELETION | ORPHAN_DEPENDENTS)
}
