//! Between the model and `ledger`: each decision turns the model's compact values into real
//! resources, calls the function of `ledger`, and turns its result back.
//!
//! The functions are pure, so each of them runs once for each different input.

use std::{cell::RefCell, collections::HashMap, hash::Hash, thread::LocalKey};

use jiff::Timestamp;
use ledger::{
    claim::is_warm,
    extend::{self, ExtendLimits, ExtendStep},
    fence::{self, FenceStep},
    found::{Found, PendingSeat, may_be_unseated},
    launch::{self, LaunchStep},
    orphan::is_orphan,
    quota::{self, QuotaStep},
    remove::{self, RemoveStep},
    seats,
    standing::{Standing, standing},
    sweep::{self, Occupant, SeatSeen, SweepStep},
    timeouts::ORPHAN_GRACE,
    timestamps,
    void::{void_ends_at, void_instance},
};

use crate::{
    real::{self, at, compact, instance, owner_record},
    state::{Name, Object, Owner, Record, Seat, Seats, State, Template},
};

type Cache<K, V> = RefCell<HashMap<K, V>>;

fn once<K: Eq + Hash + Copy, V: Copy>(
    cache: &'static LocalKey<Cache<K, V>>,
    key: K,
    decide: impl FnOnce(K) -> V,
) -> V {
    if let Some(known) = cache.with_borrow(|it| it.get(&key).copied()) {
        return known;
    }
    let decided = decide(key);
    cache.with_borrow_mut(|it| it.insert(key, decided));
    decided
}

/// A record, one of its seats and that seat's instance, at a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Look {
    pub(crate) owner: Owner,
    pub(crate) record: Record,
    pub(crate) seat: Seat,
    pub(crate) object: Option<Object>,
    pub(crate) hour: u8,
}

/// How a seat is fenced.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fence {
    CreateVoid,
    DeleteMember,
    Nothing,
}

/// The next step of a launch, as `ledger::launch` and `ledger::fence` decide it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Launch {
    Return,
    Take,
    Replace,
    DeleteExpired,
    Await(Fence),
}

/// The next step of a removal, as `ledger::remove` and `ledger::fence` decide it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Remove {
    NotFound,
    Delete,
    Fence(Fence),
    Free,
}

/// What the operator does about a seat, as `ledger::sweep` decides it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sweep {
    Keep,
    Free,
    CreateVoid,
    DeleteMember,
}

fn found(look: Look) -> Found {
    let Look { owner, record, seat, object, hour } = look;
    let _ = record;
    let instance = object.map(|it| instance(seat.name, it, hour));
    Found::seated(real::seat(seat), real::key(owner), instance, at(hour))
}

fn fence_of(pending: &PendingSeat) -> Fence {
    match fence::decide(pending) {
        FenceStep::CreateVoid(_) => Fence::CreateVoid,
        FenceStep::DeleteMember(_) => Fence::DeleteMember,
        FenceStep::Nothing => Fence::Nothing,
    }
}

/// `ledger::launch::decide` of a seat.
pub(crate) fn launch(look: Look) -> Launch {
    thread_local!(static CACHE: Cache<Look, Launch> = RefCell::default());
    once(&CACHE, look, |look| match launch::decide(found(look)) {
        LaunchStep::Return(_) => Launch::Return,
        LaunchStep::TakeSeat => Launch::Take,
        LaunchStep::ReplaceSeat => Launch::Replace,
        LaunchStep::DeleteExpired(_) => Launch::DeleteExpired,
        LaunchStep::AwaitWriter(pending) => Launch::Await(fence_of(&pending)),
    })
}

/// `ledger::remove::decide` of a seat.
pub(crate) fn remove(look: Look) -> Remove {
    thread_local!(static CACHE: Cache<Look, Remove> = RefCell::default());
    once(&CACHE, look, |look| match remove::decide(found(look)) {
        RemoveStep::NotFound => Remove::NotFound,
        RemoveStep::Delete(_) | RemoveStep::DeleteThenFree { .. } => Remove::Delete,
        RemoveStep::FenceThenFree(pending) => Remove::Fence(fence_of(&pending)),
        RemoveStep::Free(_) => Remove::Free,
    })
}

/// `ledger::standing::standing` of a seat.
pub(crate) fn standing_of(look: Look) -> Standing {
    thread_local!(static CACHE: Cache<Look, Standing> = RefCell::default());
    once(&CACHE, look, |look| {
        let instance = look.object.map(|it| instance(look.seat.name, it, look.hour));
        standing(&real::seat(look.seat), real::key(look.owner), instance.as_ref(), at(look.hour))
    })
}

/// `ledger::quota::decide` of a seat: what makes room for another one.
pub(crate) fn room(look: Look) -> QuotaStep {
    quota::decide(standing_of(look))
}

/// `ledger::sweep::decide` of a seat. The sweep delay can be over at any time.
pub(crate) fn sweep(look: Look) -> Sweep {
    thread_local!(static CACHE: Cache<Look, Sweep> = RefCell::default());
    once(&CACHE, look, |look| {
        let instance = look.object.map(|it| instance(look.seat.name, it, look.hour));
        let occupant = instance.map_or(Occupant::Absent, |it| Occupant::Present(Box::new(it)));
        let seat = real::seat(look.seat);
        let seen = SeatSeen { seat, occupant, waiting_since: Timestamp::UNIX_EPOCH };
        match sweep::decide(real::key(look.owner), &seen, at(look.hour)) {
            SweepStep::Keep | SweepStep::WaitUntil(_) => Sweep::Keep,
            SweepStep::Free => Sweep::Free,
            SweepStep::FenceThenFree => Sweep::CreateVoid,
            SweepStep::DeleteThenFree(_) => Sweep::DeleteMember,
        }
    })
}

/// `ledger::orphan::is_orphan`, once the grace is over, of an instance that `record` has no seat for.
pub(crate) fn orphan(name: Name, object: Object, record: Record) -> bool {
    let _ = record;
    thread_local!(static CACHE: Cache<(Name, Object), bool> = RefCell::default());
    once(&CACHE, (name, object), |(name, object)| {
        let now = timestamps::later(at(object.hour + 1), ORPHAN_GRACE);
        is_orphan(&instance(name, object, object.hour), now)
    })
}

/// `ledger::found::Found::unseated`: whether an instance without a seat is an environment.
pub(crate) fn unseated(name: Name, object: Object, record: Record, hour: u8) -> bool {
    let _ = record;
    let (real, key) = (instance(name, object, hour), real::seat_key(object.template));
    may_be_unseated(&real, &key)
        && Found::unseated(real, real::key(object.owner), &key, at(hour)).is_some()
}

/// `ledger::quota::used` against the limit of an owner, on this record.
pub(crate) fn is_below_limit(state: &State, owner: Owner, record: Record, limit: usize) -> bool {
    let mut owned = [None; 6];
    for (name, object) in state.named().filter(|(_, it)| it.owner == owner) {
        owned[usize::from(name)] = Some(object);
    }
    type Key = (Owner, Record, [Option<Object>; 6], u8);
    thread_local!(static CACHE: Cache<Key, usize> = RefCell::default());
    let used = once(&CACHE, (owner, record, owned, state.hour), |(owner, record, owned, hour)| {
        let named = (0_u8..).zip(owned).filter_map(|(name, it)| Some((name, it?)));
        let owned: Vec<_> = named.map(|(name, it)| instance(name, it, hour)).collect();
        quota::used(&owner_record(owner, record), &owned, at(hour))
    });
    used < limit
}

/// `ledger::claim::is_warm` of a pool member.
pub(crate) fn warm(name: Name, object: Object) -> bool {
    thread_local!(static CACHE: Cache<(Name, Object), bool> = RefCell::default());
    once(&CACHE, (name, object), |(name, object)| is_warm(&instance(name, object, object.hour)))
}

/// Whether `ledger::void::void_ends_at` is over.
pub(crate) fn void_is_over(name: Name, object: Object, hour: u8) -> bool {
    let ends = void_ends_at(&instance(name, object, hour));
    ends.is_some_and(|end| end <= at(hour))
}

/// `ledger::void::void_instance` of a seat.
pub(crate) fn void(seat: Seat, hour: u8) -> Object {
    thread_local!(static CACHE: Cache<(Seat, u8), Object> = RefCell::default());
    once(&CACHE, (seat, hour), |(seat, hour)| compact(&void_instance(&real::seat(seat)), hour))
}

/// The seat that a launch writes before it creates: `ledger::seats::seat_to_create`.
pub(crate) fn seat_to_create(template: Template, name: Name, hour: u8) -> Seat {
    let seat = seats::seat_to_create(&real::seat_key(template), &real::uuid(name), at(hour));
    real::compact_seat(&seat)
}

/// The seat that a launch writes before it claims: `ledger::seats::seat_to_claim`.
pub(crate) fn seat_to_claim(name: Name, member: Object, hour: u8) -> Seat {
    let member = instance(name, member, hour);
    let uuid = real::uuid(name);
    real::compact_seat(&seats::seat_to_claim(
        &real::seat_key(Template::Pool),
        &member,
        &uuid,
        at(hour),
    ))
}

/// `ledger::order::Order::instance`, as the API server stores it.
pub(crate) fn created(owner: Owner, record: Record, seat: Seat, hour: u8) -> Object {
    let order = real::order(owner, record);
    compact(&order.instance(&real::seat(seat), real::resolved(), at(hour)), hour)
}

/// A member after `ledger::order::Order::claim_patch`.
pub(crate) fn claimed(
    owner: Owner,
    record: Record,
    name: Name,
    member: Object,
    hour: u8,
) -> Object {
    let patch = real::order(owner, record).claim_patch(real::resolved().ttl_seconds, at(hour));
    compact(&real::patched(&instance(name, member, hour), patch), hour)
}

/// An environment after `ledger::extend`; `None` when it cannot be extended.
pub(crate) fn extended(name: Name, object: Object, request: usize) -> Option<Object> {
    let before = instance(name, object, object.hour);
    let limits = ExtendLimits { extend_seconds: 3_600, max_extends: 0 };
    let ExtendStep::Extend(extension) = extend::decide(&before, limits) else { return None };
    let mut after = compact(&real::patched(&before, extension.patch()), object.hour);
    after.extended_by = 1 << request;
    Some(after)
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

/// `ledger::seats::seats_without`: without the seat that names this instance.
pub(crate) fn without_name(owner: Owner, record: Record, seat: Seat) -> Seats {
    let seats = seats::seats_without(&owner_record(owner, record), &real::seat(seat).instance);
    Seats::of(seats.iter().map(real::compact_seat))
}
