//! Queue (docs/ledger.md, "Queue"): the places of owners who wait for a pool, their order, and the
//! writes that serve the first of them.

use std::collections::BTreeMap;

use jiff::Timestamp;
use resources::{DployInstance, DployOwner, Seat, UNLIMITED, meta};
use serde_json::{Value, json};

use crate::{
    claim::claimable,
    holder::identity_of,
    order::{Order, Origin, deadline},
    orphan::{needs_seat_in, orphaned_at},
    seats::{SeatKey, seat_at, seat_to_claim, seats_with},
    standing::{is_deleting, is_past_deadline},
    timeouts::API_CALL_TIMEOUT,
    timestamps::{self, created_at},
    void::is_void,
};

/// The order in which places are served: by their creation, then by their name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Turn {
    created: Option<Timestamp>,
    name: String,
}

/// Whether the instance is a place in the queue of a pool, and its owner has not given it up.
#[must_use]
pub fn is_place(instance: &DployInstance) -> bool {
    instance.spec.queued
        && !instance.spec.owner.is_empty()
        && !is_void(instance)
        && !is_deleting(instance)
}

/// When the place is served.
#[must_use]
pub fn turn(place: &DployInstance) -> Turn {
    Turn { created: created_at(place), name: place.metadata.name.clone().unwrap_or_default() }
}

/// The name of the place whose owner the operator gave this member to.
#[must_use]
pub fn queued_as(member: &DployInstance) -> Option<&str> {
    member.metadata.annotations.as_ref()?.get(meta::QUEUED_AS).map(String::as_str)
}

/// Whether an assignment of this member to the owner of this place began.
#[must_use]
pub fn is_assigned(member: &DployInstance, place: &DployInstance) -> bool {
    member.spec.owner == place.spec.owner
        && !is_deleting(member)
        && queued_as(member).is_some_and(|name| place.metadata.name.as_deref() == Some(name))
}

impl Order {
    /// The place that the seat names: a claimed pool member that has to wait until it may start.
    #[must_use]
    pub fn place(&self, seat: &Seat, origin: Origin, now: Timestamp) -> DployInstance {
        let mut place = self.instance(seat, origin, now);
        place.spec.pooled = true;
        place.spec.queued = true;
        place.spec.expires_at = None;
        let labels = place.metadata.labels.get_or_insert_default();
        labels.insert(meta::POOLED.to_owned(), meta::TRUE.to_owned());
        place
    }

    /// What the owner of a place ordered.
    #[must_use]
    pub fn of_place(place: &DployInstance) -> Self {
        let annotations: Option<&BTreeMap<String, String>> = place.metadata.annotations.as_ref();
        let record_uid = annotations.and_then(|it| it.get(meta::OWNER_RECORD_UID));
        Self {
            owner: place.spec.owner.clone(),
            identity: identity_of(place).unwrap_or_default().to_owned(),
            record_uid: record_uid.cloned().unwrap_or_default(),
            claims: place.spec.claims.clone(),
            params: place.spec.params.clone(),
        }
    }
}

/// The first write of an assignment: the merge patch that makes the member the owner's. `None` when
/// the member is neither warm nor assigned to this place already. The patch is for exactly the
/// version of `member`.
#[must_use]
pub fn assign_patch(
    place: &DployInstance,
    member: &DployInstance,
    now: Timestamp,
) -> Option<Value> {
    if claimable(member).is_none() && !is_assigned(member, place) {
        return None;
    }
    let mut patch = Order::of_place(place).claim_patch(member.spec.ttl_seconds?, now);
    patch["metadata"]["annotations"][meta::QUEUED_AS] = json!(place.metadata.name);
    Some(patch)
}

/// The second step of an assignment, after a live read of the owner's record.
#[derive(Debug, Clone, PartialEq)]
pub enum SeatStep {
    /// Write these seats, on exactly the version that was read.
    Write(Vec<Seat>),
    /// The seat of the place names the member already.
    Written,
    /// The owner has given the place up: no seat names it. The member is to be deleted.
    GivenUp,
    /// The record is lost, or says nothing of this place. A [`reseat`](crate::reseat) comes first.
    Unknown,
    /// The first write is so old that the member is past its deadline, or may be deleted as an
    /// orphan before a seat names it. The assignment begins again.
    TooLate,
}

/// Decides how the seat of the place becomes a seat of the member. `member` is what the first write
/// returned.
#[must_use]
pub fn seat_step(
    record: Option<&DployOwner>,
    place: &DployInstance,
    member: &DployInstance,
    now: Timestamp,
) -> SeatStep {
    let Some(record) = record else { return SeatStep::Unknown };
    let key = SeatKey::of_instance(place);
    let seat = seat_at(record, &key);
    let is_seated = |instance: &DployInstance| {
        seat.is_some_and(|seat| {
            instance.metadata.name.as_ref() == Some(&seat.instance)
                && instance.spec.uuid.as_ref() == Some(&seat.uuid)
        })
    };
    if is_seated(member) {
        return SeatStep::Written;
    }
    if !is_seated(place) {
        let is_told = needs_seat_in(place, record);
        return if is_told { SeatStep::GivenUp } else { SeatStep::Unknown };
    }
    let orphaned = orphaned_at(member) <= timestamps::later(now, API_CALL_TIMEOUT);
    if orphaned || is_past_deadline(member, now) {
        return SeatStep::TooLate;
    }
    let uuid = member.spec.uuid.as_deref().unwrap_or_default();
    let ticket = place.spec.uuid.as_deref().unwrap_or_default();
    SeatStep::Write(seats_with(record, &seat_to_claim(&key, member, uuid, ticket, now)))
}

/// The merge patch that releases a place: it becomes a claimed member that starts now.
#[must_use]
pub fn release_patch(place: &DployInstance, now: Timestamp) -> Value {
    let ttl = place.spec.ttl_seconds.unwrap_or(UNLIMITED);
    let now_text = timestamps::text(now);
    json!({
        "metadata": {
            "annotations": { (meta::CLAIMED_AT): now_text, (meta::RELEASED_AT): now_text },
        },
        "spec": { "queued": false, "expiresAt": deadline(ttl, now) },
    })
}

#[cfg(test)]
mod tests;
