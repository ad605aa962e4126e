//! Whose an instance is: the owner record that it belongs to, and the one that it was launched on.

use resources::{DployInstance, DployOwner, identity_label, meta};

use crate::timestamps::started_at;

/// Whether the instance is of the record's owner: it has the owner key, and it carries the label of
/// the record's identity or of none. An instance that an older Dploy launched carries none.
#[must_use]
pub fn belongs_to(instance: &DployInstance, record: &DployOwner) -> bool {
    record.metadata.name.as_ref() == Some(&instance.spec.owner)
        && !is_of_another_identity(instance, &identity_label(&record.spec.identity))
}

/// Whether the instance carries the label of another identity than the one with this `label`.
#[must_use]
pub fn is_of_another_identity(instance: &DployInstance, label: &str) -> bool {
    identity_of(instance).is_some_and(|identity| identity != label)
}

/// The label of the identity that launched the instance.
#[must_use]
pub fn identity_of(instance: &DployInstance) -> Option<&str> {
    instance.metadata.labels.as_ref()?.get(meta::IDENTITY).map(String::as_str)
}

/// Whether the seat of the instance was written to this record, and not to an earlier one of the
/// same name. Without the annotation of the launch, times answer that.
pub(crate) fn was_launched_on(instance: &DployInstance, record: &DployOwner) -> bool {
    let annotations = instance.metadata.annotations.as_ref();
    match annotations.and_then(|it| it.get(meta::OWNER_RECORD_UID)) {
        Some(uid) => record.metadata.uid.as_ref() == Some(uid),
        None => {
            let bound = record.metadata.creation_timestamp.as_ref();
            bound.is_none_or(|bound| started_at(instance) >= Some(bound.0))
        }
    }
}
