//! The quota: how many environments of an owner count.

use jiff::Timestamp;
use resources::{DployInstance, DployOwner};

use crate::{
    holder::belongs_to,
    orphan::needs_seat_in,
    seats::{seat_naming, seats},
    standing::{Standing, is_deleting, is_past_deadline, standing_of_owned},
};

/// What to do with a seat before the quota refuses a launch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum QuotaStep {
    /// Keep the seat: its environment counts.
    Keep,
    /// Free the seat: its environment is being deleted.
    Free,
    /// Delete the expired instance on exactly the version that was read, then free the seat.
    DeleteThenFree,
}

/// Decides about a seat of this standing.
#[must_use]
pub const fn decide(standing: Standing) -> QuotaStep {
    match standing {
        Standing::Deleting => QuotaStep::Free,
        Standing::Expired => QuotaStep::DeleteThenFree,
        Standing::Lives | Standing::Unwritten(_) | Standing::Vacant => QuotaStep::Keep,
    }
}

/// How many environments count when the owner launches another one: every seat, and every owned
/// environment without a seat.
pub fn used<'a>(
    record: &DployOwner,
    owned: impl IntoIterator<Item = &'a DployInstance>,
    now: Timestamp,
) -> usize {
    seats(record).len() + unseated_count(record, owned, now)
}

/// How many of the owned instances live without a seat: Dploy did not create them, or their seat
/// was lost.
pub fn unseated_count<'a>(
    record: &DployOwner,
    owned: impl IntoIterator<Item = &'a DployInstance>,
    now: Timestamp,
) -> usize {
    let is_seated = |instance: &DployInstance| {
        seat_naming(record, instance.metadata.name.as_deref().unwrap_or_default()).is_some()
    };
    let unseated = |it: &&DployInstance| {
        belongs_to(it, record)
            && !needs_seat_in(it, record)
            && !is_seated(it)
            && standing_of_owned(it, now) == Standing::Lives
    };
    owned.into_iter().filter(unseated).count()
}

/// Whether a list counts the seat of this instance. A seat without an instance counts: its writer
/// may still be at work.
#[must_use]
pub fn is_listed_as_used(instance: Option<&DployInstance>, now: Timestamp) -> bool {
    instance.is_none_or(|it| !is_deleting(it) && !is_past_deadline(it, now))
}
