//! The seats of an owner record: reading, adding and removing them.

use jiff::Timestamp;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;
use resources::{DployInstance, DployOwner, Seat, names::instance_name};

use crate::{timeouts::OWN_SEAT_MAX_AGE, timestamps};

/// What identifies a seat within one ledger: an owner has at most one seat per key.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SeatKey {
    /// The name of the template.
    pub template: String,
    /// Which of the owner's environments of the template. Always empty today, and a field of no
    /// custom resource.
    pub slot: String,
}

impl SeatKey {
    /// The key of an owner's only environment of `template`.
    #[must_use]
    pub fn of_template(template: &str) -> Self {
        Self { template: template.to_owned(), slot: String::new() }
    }

    /// The key of a seat.
    #[must_use]
    pub fn of_seat(seat: &Seat) -> Self {
        Self::of_template(&seat.template)
    }

    /// The key under which an instance's seat is found.
    #[must_use]
    pub fn of_instance(instance: &DployInstance) -> Self {
        Self::of_template(&instance.spec.template_ref)
    }

    /// Whether this is the key of `seat`.
    #[must_use]
    pub fn identifies(&self, seat: &Seat) -> bool {
        self.template == seat.template && self.slot.is_empty()
    }

    /// Whether the seat of `instance` has this key.
    #[must_use]
    pub fn covers(&self, instance: &DployInstance) -> bool {
        self.template == instance.spec.template_ref && self.slot.is_empty()
    }
}

/// Whether the seats of a record were ever written. A record that was restored without its status
/// is like one that was just created: its owner may have environments that it does not name.
#[must_use]
pub const fn was_written(record: &DployOwner) -> bool {
    record.status.is_some()
}

/// The seats of a record.
#[must_use]
pub fn seats(record: &DployOwner) -> &[Seat] {
    record.status.as_ref().map_or(&[], |status| &status.seats)
}

/// The seat with this key.
#[must_use]
pub fn seat_at<'a>(record: &'a DployOwner, key: &SeatKey) -> Option<&'a Seat> {
    seats(record).iter().find(|seat| key.identifies(seat))
}

/// The seat that names this instance.
#[must_use]
pub fn seat_naming<'a>(record: &'a DployOwner, instance: &str) -> Option<&'a Seat> {
    seats(record).iter().find(|seat| seat.instance == instance)
}

/// Whether the record has exactly this seat: the same instance, uuid and version of its member. A
/// seat that replaced it on the same member is another one.
#[must_use]
pub fn has_seat(record: &DployOwner, seat: &Seat) -> bool {
    seats(record).contains(seat)
}

/// Whether the request that wrote `seat` may still create its instance. The seat's own clock wrote
/// `since`; unlike a timer, it also counts the time while the process was suspended.
#[must_use]
pub fn may_still_create(seat: &Seat, now: Timestamp) -> bool {
    now < timestamps::later(seat.since.0, OWN_SEAT_MAX_AGE)
}

/// The seats with `seat` in place of the seat with the same key.
#[must_use]
pub fn seats_with(record: &DployOwner, seat: &Seat) -> Vec<Seat> {
    let key = SeatKey::of_seat(seat);
    let others = seats(record).iter().filter(|other| !key.identifies(other));
    others.chain([seat]).cloned().collect()
}

/// The seats without exactly those in `freed`. A seat that replaced one of them stays.
#[must_use]
pub fn seats_except(record: &DployOwner, freed: &[&Seat]) -> Vec<Seat> {
    seats(record).iter().filter(|seat| !freed.contains(seat)).cloned().collect()
}

/// A seat for a new instance that the writer of the seat creates next.
#[must_use]
pub fn seat_to_create(key: &SeatKey, uuid: &str, now: Timestamp) -> Seat {
    // `Seat` has no field for the slot yet.
    let SeatKey { template, slot: _ } = key;
    Seat {
        template: template.clone(),
        instance: instance_name(template, uuid),
        uuid: uuid.to_owned(),
        since: Time(timestamps::whole(now)),
        chosen_at: None,
        ticket: None,
    }
}

/// A seat for a pool member that the writer of the seat claims next, on exactly the version that
/// `member` has. No other seat has this `ticket`, so that nobody takes it for an own one.
#[must_use]
pub fn seat_to_claim(
    key: &SeatKey,
    member: &DployInstance,
    uuid: &str,
    ticket: &str,
    now: Timestamp,
) -> Seat {
    let SeatKey { template, slot: _ } = key;
    Seat {
        template: template.clone(),
        instance: member.metadata.name.clone().unwrap_or_default(),
        uuid: uuid.to_owned(),
        since: Time(timestamps::whole(now)),
        chosen_at: member.metadata.resource_version.clone(),
        ticket: Some(ticket.to_owned()),
    }
}
