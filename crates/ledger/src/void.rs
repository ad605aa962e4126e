//! Void instances: they take the name of an instance, so that a late create of it fails.

use jiff::Timestamp;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use resources::{DployInstance, DployInstanceSpec, Seat, instance_labels, meta};

use crate::{timeouts, timestamps};

/// The void instance for `seat`. It has no owner, no workload and no finalizer.
#[must_use]
pub fn void_instance(seat: &Seat) -> DployInstance {
    let mut labels = instance_labels(&seat.template);
    labels.insert(meta::VOID.to_owned(), meta::TRUE.to_owned());
    DployInstance {
        metadata: ObjectMeta {
            name: Some(seat.instance.clone()),
            labels: Some(labels),
            ..ObjectMeta::default()
        },
        spec: DployInstanceSpec {
            template_ref: seat.template.clone(),
            uuid: Some(seat.uuid.clone()),
            ..DployInstanceSpec::default()
        },
        status: None,
    }
}

/// Whether the instance is void.
#[must_use]
pub fn is_void(instance: &DployInstance) -> bool {
    has_void_label(&instance.metadata)
}

/// Whether this is the metadata of a void instance.
#[must_use]
pub fn has_void_label(metadata: &ObjectMeta) -> bool {
    metadata.labels.as_ref().is_some_and(|labels| labels.contains_key(meta::VOID))
}

/// When a void instance is deleted; `None` without a creation timestamp.
#[must_use]
pub fn void_ends_at(instance: &DployInstance) -> Option<Timestamp> {
    let created = instance.metadata.creation_timestamp.as_ref()?;
    Some(timestamps::later(created.0, timeouts::VOID_LIFETIME))
}
