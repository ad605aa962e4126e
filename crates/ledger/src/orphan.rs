//! Orphans: instances that no seat names although Dploy created them for an owner.

use jiff::Timestamp;
use resources::{DployInstance, DployOwner};

use crate::{
    creator::was_created_by_server,
    holder::{belongs_to, was_launched_on},
    seats::was_written,
    standing::is_deleting,
    timeouts::ORPHAN_GRACE,
    timestamps::{self, claimed_at, created_at},
};

/// Whether the instance had a seat at its launch: Dploy created it and it has an owner.
#[must_use]
pub fn needs_seat(instance: &DployInstance) -> bool {
    !instance.spec.owner.is_empty() && was_created_by_server(instance)
}

/// Whether the instance is an orphan if `record` has no seat for it. A record says so only of the
/// instances that were launched on it. Of an instance that is older than the record, or of a record
/// that lost its ledger, the missing seat says nothing: a [`reseat`](crate::reseat) gives it back.
#[must_use]
pub fn needs_seat_in(instance: &DployInstance, record: &DployOwner) -> bool {
    needs_seat(instance)
        && was_written(record)
        && belongs_to(instance, record)
        && was_launched_on(instance, record)
}

/// From when on the instance is an orphan if no seat names it.
#[must_use]
pub fn orphaned_at(instance: &DployInstance) -> Timestamp {
    let began = claimed_at(instance).max(created_at(instance)).unwrap_or(Timestamp::MIN);
    timestamps::later(began, ORPHAN_GRACE)
}

/// Whether the instance is an orphan, given that a live read found no seat in the record that it
/// was launched on.
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
