//! Between the model and `ledger`: each decision turns the model's compact values into real
//! resources, calls the function of `ledger`, and turns its result back.
//!
//! The functions are pure, so each of them runs once for each different input.

use std::{cell::RefCell, collections::HashMap, hash::Hash, thread::LocalKey};

use jiff::Timestamp;
use ledger::{
    claim::is_warm,
    extend,
    fence::{self, FenceStep},
    found::{Found, PendingSeat, may_be_unseated},
    launch::{self, LaunchStep},
    orphan::{is_orphan, needs_seat_in},
    quota::{self, QuotaStep},
    remove::{self, RemoveStep},
    reseat, seats,
    standing::{Standing, standing, written_environment},
    sweep::{self, Occupant, SeatSeen, SweepStep},
    timeouts::ORPHAN_GRACE,
    timestamps,
    void::void_ends_at,
};

use crate::{
    real::{self, at, instance, owner_record},
    state::{Name, Object, Owner, Record, Seat, Seats, State},
};

pub(crate) type Cache<K, V> = RefCell<HashMap<K, V>>;

pub(crate) fn once<K: Eq + Hash + Copy, V: Copy>(
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
    let instance = object.map(|it| instance(seat.name, it, hour));
    Found::seated(real::seat(seat), &owner_record(owner, record), instance, at(hour))
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
        let record = owner_record(look.owner, look.record);
        standing(&real::seat(look.seat), &record, instance.as_ref(), at(look.hour))
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
        match sweep::decide(&owner_record(look.owner, look.record), &seen, at(look.hour)) {
            SweepStep::Keep | SweepStep::WaitUntil(_) => Sweep::Keep,
            SweepStep::Free => Sweep::Free,
            SweepStep::FenceThenFree => Sweep::CreateVoid,
            SweepStep::DeleteThenFree(_) => Sweep::DeleteMember,
        }
    })
}

/// `ledger::orphan`, once the grace is over, of an instance that `record` has no seat for.
pub(crate) fn orphan(name: Name, object: Object, record: Record) -> bool {
    thread_local!(static CACHE: Cache<(Name, Object, Record), bool> = RefCell::default());
    once(&CACHE, (name, object, record), |(name, object, record)| {
        let now = timestamps::later(at(object.hour + 1), ORPHAN_GRACE);
        let instance = instance(name, object, object.hour);
        needs_seat_in(&instance, &owner_record(object.owner, record)) && is_orphan(&instance, now)
    })
}

/// `ledger::found::Found::unseated`: whether an instance without a seat is an environment.
pub(crate) fn unseated(name: Name, object: Object, record: Record, hour: u8) -> bool {
    type Key = (Name, Object, Record, u8);
    thread_local!(static CACHE: Cache<Key, bool> = RefCell::default());
    once(&CACHE, (name, object, record, hour), |(name, object, record, hour)| {
        let record = owner_record(object.owner, record);
        let (real, key) = (instance(name, object, hour), real::seat_key(object.template));
        may_be_unseated(&real, &record, &key)
            && Found::unseated(real, &record, &key, at(hour)).is_some()
    })
}

/// `ledger::reseat::decide`: the seats of a record that was lost; `None` when it lacks none.
pub(crate) fn reseated(state: &State, owner: Owner) -> Option<Seats> {
    let record = owner_record(owner, *state.record(owner));
    let owned: Vec<_> =
        state.living(owner).map(|(name, it)| instance(name, it, state.hour)).collect();
    let seats = reseat::decide(&record, &owned, at(state.hour))?;
    Some(Seats::of(seats.iter().map(real::compact_seat)))
}

/// `ledger::seats::may_still_create`.
pub(crate) fn may_still_create(seat: Seat, hour: u8) -> bool {
    seats::may_still_create(&real::seat(seat), at(hour))
}

/// `ledger::seats::has_seat`.
pub(crate) fn has_seat(owner: Owner, record: Record, seat: Seat) -> bool {
    thread_local!(static CACHE: Cache<(Owner, Record, Seat), bool> = RefCell::default());
    once(&CACHE, (owner, record, seat), |(owner, record, seat)| {
        seats::has_seat(&owner_record(owner, record), &real::seat(seat))
    })
}

/// `ledger::standing::written_environment`: whether the writer of a seat finds its write done.
pub(crate) fn is_written(look: Look) -> bool {
    thread_local!(static CACHE: Cache<Look, bool> = RefCell::default());
    once(&CACHE, look, |look| {
        let instance = look.object.map(|it| instance(look.seat.name, it, look.hour));
        let record = owner_record(look.owner, look.record);
        written_environment(&real::seat(look.seat), &record, instance, at(look.hour)).is_some()
    })
}

/// `ledger::remove::is_marked_by`.
pub(crate) fn is_marked_by(name: Name, live: Option<Object>, request: usize) -> bool {
    live.is_some_and(|it| {
        remove::is_marked_by(&instance(name, it, it.hour), &real::request_id(request))
    })
}

/// `ledger::remove::was_removed_by` of an instance that this request marked.
pub(crate) fn was_removed_by(name: Name, live: Option<Object>, request: usize) -> bool {
    let live = live.map(|it| instance(name, it, it.hour));
    // The marked instance had the uid of every instance with an owner.
    let marked = real::marked(name);
    remove::was_removed_by(live.as_ref(), &marked, &real::request_id(request))
}

/// `ledger::extend::was_extended_by`.
pub(crate) fn was_extended_by(name: Name, object: Object, request: usize) -> bool {
    extend::was_extended_by(&instance(name, object, object.hour), &real::request_id(request))
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
