//! The standing of a seat: the state of the instance that it names.

use jiff::Timestamp;
use resources::{DployInstance, DployOwner, Seat};

use crate::{holder::belongs_to, seats::SeatKey, void::is_void};

/// The state of the instance that a seat names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// The instance is the owner's and before its deadline.
    Lives,
    /// The instance is the owner's and past its deadline, and its deletion was not requested yet.
    Expired,
    /// The instance is the owner's and has a deletion timestamp.
    Deleting,
    /// The request that wrote the seat has not written the instance yet and still can.
    Unwritten(LateWriter),
    /// The instance can never become the owner's: it is void, deleted or another owner's.
    Vacant,
}

/// What the request that wrote a seat can still do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LateWriter {
    /// Create the instance.
    Creates,
    /// Claim the pool member, on exactly the version that it still has.
    Claims,
}

/// The standing of a seat in `record`. `instance` is what a read of the seat's instance returned.
#[must_use]
pub fn standing(
    seat: &Seat,
    record: &DployOwner,
    instance: Option<&DployInstance>,
    now: Timestamp,
) -> Standing {
    match (instance, &seat.chosen_at) {
        (None, None) => Standing::Unwritten(LateWriter::Creates),
        (None, Some(_)) => Standing::Vacant,
        (Some(instance), _) if is_environment(instance, record, &SeatKey::of_seat(seat)) => {
            standing_of_owned(instance, now)
        }
        // A claim names the version that it was decided on. Once the member has another version, a
        // late claim gets a conflict without any fence.
        (Some(member), chosen_at @ Some(_)) => {
            let is_as_chosen = member.metadata.resource_version == *chosen_at;
            let can_be_claimed = is_unclaimed(member) && is_as_chosen;
            if can_be_claimed { Standing::Unwritten(LateWriter::Claims) } else { Standing::Vacant }
        }
        (Some(_), None) => Standing::Vacant,
    }
}

/// The standing of an instance that is the owner's: [`Standing::Lives`], [`Standing::Expired`] or
/// [`Standing::Deleting`].
#[must_use]
pub fn standing_of_owned(instance: &DployInstance, now: Timestamp) -> Standing {
    if is_deleting(instance) {
        Standing::Deleting
    } else if is_past_deadline(instance, now) {
        Standing::Expired
    } else {
        Standing::Lives
    }
}

/// Whether the instance is the environment with this key of the record's owner.
#[must_use]
pub fn is_environment(instance: &DployInstance, record: &DployOwner, key: &SeatKey) -> bool {
    belongs_to(instance, record) && key.covers(instance) && !is_void(instance)
}

/// Whether the instance is an unclaimed pool member that is not being deleted.
#[must_use]
pub fn is_unclaimed(instance: &DployInstance) -> bool {
    instance.spec.pooled
        && instance.spec.owner.is_empty()
        && !is_void(instance)
        && !is_deleting(instance)
}

/// Whether the instance has a deletion timestamp.
#[must_use]
pub const fn is_deleting(instance: &DployInstance) -> bool {
    instance.metadata.deletion_timestamp.is_some()
}

/// Whether the instance's deadline is reached.
#[must_use]
pub fn is_past_deadline(instance: &DployInstance, now: Timestamp) -> bool {
    instance.spec.expires_at.as_ref().is_some_and(|deadline| deadline.0 <= now)
}

/// The environment that the writer of `seat` wrote, if `live`, a live read of the seat's instance,
/// shows that its create or claim took effect and that the environment lives.
#[must_use]
pub fn written_environment(
    seat: &Seat,
    record: &DployOwner,
    live: Option<DployInstance>,
    now: Timestamp,
) -> Option<DployInstance> {
    live.filter(|it| {
        it.spec.uuid.as_ref() == Some(&seat.uuid)
            && standing(seat, record, Some(it), now) == Standing::Lives
    })
}

#[cfg(test)]
mod tests;
