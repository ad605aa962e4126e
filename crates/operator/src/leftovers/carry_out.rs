//! Deletes leftovers on their uid, and reports each once. Writes only.

use errors::chain;
use k8s_openapi::api::core::v1::Namespace;
use kube::ResourceExt;
use planner::leftovers::{Leftover, Sightings};
use resources::{Placed, meta};

use crate::{context::Writes, error::ReconcileError};

/// A leftover that cannot be deleted does not keep the others.
pub(super) async fn carry_out(
    writes: Writes<'_>,
    leftovers: &[Leftover],
    sightings: &mut Sightings,
) {
    for leftover in leftovers {
        let Placed { kind, namespace, name, instance, .. } = &leftover.placed;
        match delete(writes, leftover).await {
            Ok(()) if sightings.deleted(leftover) => {
                tracing::warn!(kind, namespace, name, instance, "deleted a leftover");
                writes.report_leftover(&leftover.placed).await;
            }
            Ok(()) => {}
            Err(error) => {
                let why = chain(&error);
                tracing::warn!(kind, namespace, name, "could not delete a leftover: {why}");
            }
        }
    }
}

async fn delete(writes: Writes<'_>, leftover: &Leftover) -> Result<(), ReconcileError> {
    let Leftover { engine, placed } = leftover;
    if let Some(engine) = engine {
        return writes.discard(*engine, placed).await;
    }
    let is_same = |found: &Namespace| {
        found.uid().as_ref() == Some(&placed.uid)
            && found.labels().get(meta::INSTANCE) == placed.instance.as_ref()
    };
    writes.delete_namespace(&placed.name, is_same).await.map(drop)
}
