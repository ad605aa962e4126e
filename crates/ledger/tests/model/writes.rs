//! What requests and operators write: the seats and instances that `ledger` makes.

use std::cell::RefCell;

use ledger::{
    extend::{self, ExtendLimits, ExtendStep},
    remove, seats,
    void::void_instance,
};

use crate::{
    bridge::{Cache, once},
    real::{self, at, compact, instance, owner_record},
    state::{Name, Object, Owner, Record, Seat, Seats, Template},
};

/// `ledger::void::void_instance` of a seat.
pub(crate) fn void(seat: Seat, hour: u8) -> Object {
    thread_local!(static CACHE: Cache<(Seat, u8), Object> = RefCell::default());
    once(&CACHE, (seat, hour), |(seat, hour)| compact(&void_instance(&real::seat(seat)), hour))
}

/// The seat that a launch writes before it creates: `ledger::seats::seat_to_create`.
pub(crate) fn seat_to_create(template: Template, name: Name, hour: u8) -> Seat {
    type Key = (Template, Name, u8);
    thread_local!(static CACHE: Cache<Key, Seat> = RefCell::default());
    once(&CACHE, (template, name, hour), |(template, name, hour)| {
        let seat = seats::seat_to_create(&real::seat_key(template), &real::uuid(name), at(hour));
        real::compact_seat(&seat)
    })
}

/// The seat that a launch writes before it claims: `ledger::seats::seat_to_claim`.
pub(crate) fn seat_to_claim(name: Name, member: Object, ticket: u8, hour: u8) -> Seat {
    type Key = (Name, Object, u8, u8);
    thread_local!(static CACHE: Cache<Key, Seat> = RefCell::default());
    once(&CACHE, (name, member, ticket, hour), |(name, member, ticket, hour)| {
        let (member, key) = (instance(name, member, hour), real::seat_key(Template::Pool));
        let (uuid, ticket) = (real::uuid(name), ticket.to_string());
        real::compact_seat(&seats::seat_to_claim(&key, &member, &uuid, &ticket, at(hour)))
    })
}

/// `ledger::order::Order::instance`, as the API server stores it.
pub(crate) fn created(owner: Owner, record: Record, seat: Seat, hour: u8) -> Object {
    type Key = (Owner, Record, Seat, u8);
    thread_local!(static CACHE: Cache<Key, Object> = RefCell::default());
    once(&CACHE, (owner, record, seat, hour), |(owner, record, seat, hour)| {
        let order = real::order(owner, record);
        compact(&order.instance(&real::seat(seat), real::origin(), at(hour)), hour)
    })
}

/// A member after `ledger::order::Order::claim_patch`.
pub(crate) fn claimed(
    owner: Owner,
    record: Record,
    name: Name,
    member: Object,
    hour: u8,
) -> Object {
    type Key = (Owner, Record, Name, Object, u8);
    thread_local!(static CACHE: Cache<Key, Object> = RefCell::default());
    once(&CACHE, (owner, record, name, member, hour), |(owner, record, name, member, hour)| {
        let patch = real::order(owner, record).claim_patch(real::origin().ttl_seconds, at(hour));
        compact(&real::patched(&instance(name, member, hour), patch), hour)
    })
}

/// An environment after `ledger::extend`; `None` when it cannot be extended.
pub(crate) fn extended(name: Name, object: Object, request: usize) -> Option<Object> {
    let before = instance(name, object, object.hour);
    let limits = ExtendLimits { extend_seconds: 3_600, max_extends: 0 };
    let ExtendStep::Extend(extension) = extend::decide(&before, limits) else { return None };
    let patch = extension.patch(&before, &real::request_id(request));
    Some(compact(&real::patched(&before, patch), object.hour))
}

/// An instance after the patch of `ledger::remove::mark`.
pub(crate) fn marked(name: Name, object: Object, request: usize) -> Object {
    type Key = (Name, Object, usize);
    thread_local!(static CACHE: Cache<Key, Object> = RefCell::default());
    once(&CACHE, (name, object, request), |(name, object, request)| {
        let patch = remove::mark(&real::request_id(request));
        let marked = real::patched(&instance(name, object, object.hour), patch);
        Object { hour: object.hour, overdue: object.overdue, ..compact(&marked, object.hour) }
    })
}

/// `ledger::seats::seats_with`.
pub(crate) fn with_seat(owner: Owner, record: Record, seat: Seat) -> Seats {
    thread_local!(static CACHE: Cache<(Owner, Record, Seat), Seats> = RefCell::default());
    once(&CACHE, (owner, record, seat), |(owner, record, seat)| {
        let seats = seats::seats_with(&owner_record(owner, record), &real::seat(seat));
        Seats::of(seats.iter().map(real::compact_seat))
    })
}

/// `ledger::seats::seats_except`: without exactly this seat.
pub(crate) fn without_seat(owner: Owner, record: Record, seat: Seat) -> Seats {
    thread_local!(static CACHE: Cache<(Owner, Record, Seat), Seats> = RefCell::default());
    once(&CACHE, (owner, record, seat), |(owner, record, seat)| {
        let seats = seats::seats_except(&owner_record(owner, record), &[&real::seat(seat)]);
        Seats::of(seats.iter().map(real::compact_seat))
    })
}

/// A flaw: without whatever seat names this instance.
pub(crate) fn without_name(record: Record, name: Name) -> Seats {
    Seats::of(record.seats.iter().filter(|seat| seat.name != name))
}
