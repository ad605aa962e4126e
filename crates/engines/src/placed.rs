//! How engines list what they placed: selection by label, and the result.

use kube::{
    api::{ListParams, ObjectMeta},
    core::TypeMeta,
};
use resources::{Placed, meta};

/// Selects everything that one Dploy placed for instances.
pub(super) fn of_installation(installation: &str) -> ListParams {
    let (managed, yes, instance) = (meta::MANAGED, meta::TRUE, meta::INSTANCE);
    let labels = format!("{managed}={yes},{}={installation},{instance}", meta::INSTALLATION);
    ListParams::default().labels(&labels)
}

/// An object of this kind, as [`Engine::list`](crate::Engine::list) returns it.
pub(super) fn placed(kind: TypeMeta, metadata: ObjectMeta) -> Placed {
    let instance = metadata.labels.unwrap_or_default().remove(meta::INSTANCE);
    Placed {
        api_version: kind.api_version,
        kind: kind.kind,
        namespace: metadata.namespace.unwrap_or_default(),
        name: metadata.name.unwrap_or_default(),
        uid: metadata.uid.unwrap_or_default(),
        instance,
        is_deleting: metadata.deletion_timestamp.is_some(),
    }
}
