//! Orphans: instances that no seat names although Dploy created them for an owner.

use jiff::Timestamp;
use resources::{DployInstance, meta};

use crate::{
    creator::was_created_by_server, standing::is_deleting, timeouts::ORPHAN_GRACE, timestamps,
};

/// Whether a seat has to name the instance: Dploy created it and it has an owner.
#[must_use]
pub fn needs_seat(instance: &DployInstance) -> bool {
    !instance.spec.owner.is_empty() && was_created_by_server(instance)
}

/// From when on the instance is an orphan if no seat names it.
#[must_use]
pub fn orphaned_at(instance: &DployInstance) -> Timestamp {
    let metadata = &instance.metadata;
    let claimed = metadata.annotations.as_ref().and_then(|it| it.get(meta::CLAIMED_AT));
    let claimed = claimed.and_then(|at| at.parse::<Timestamp>().ok());
    let created = metadata.creation_timestamp.as_ref().map(|time| time.0);
    let began = claimed.max(created).unwrap_or(Timestamp::MIN);
    timestamps::later(began, ORPHAN_GRACE)
}

/// Whether the instance is an orphan, given that a live read of its owner's record found no seat.
#[must_use]
pub fn is_orphan(instance: &DployInstance, now: Timestamp) -> bool {
    needs_seat(instance) && orphaned_at(instance) <= now
}

/// Whether a missing seat has a consequence now: the deletion of an orphan, or the release of an
/// instance that is being deleted.
#[must_use]
pub fn seat_matters(instance: &DployInstance, now: Timestamp) -> bool {
    is_deleting(instance) || is_orphan(instance, now)
}
