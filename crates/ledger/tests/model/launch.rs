//! A launch, as `environments::launch` carries it out. A conditional write is one step with the
//! read that it was decided on: if the object changed in between, the write would have failed, and
//! the launch would have read again.

use ledger::quota::QuotaStep;

use crate::{
    api::{Rejection, Reply, Why, attempt},
    bridge::{self, Fence, Launch, Look},
    flaws::Flaw,
    state::{Answer, Held, NAMES, Name, Owner, Pc, Record, Request, Seat, Seats, State},
    system::{Call, Steps},
    take, writes,
};

pub(crate) fn step(of: &mut Steps<'_>) {
    match of.request().pc {
        Pc::Waiting => begin(of),
        Pc::Read => read(of, *of.before),
        Pc::Look => look(of),
        Pc::Take => take::take(of),
        Pc::Confirm => take::confirm(of),
        Pc::Write => take::write(of),
        Pc::Create => take::create(of),
        Pc::Check => take::check(of),
        Pc::GiveUp => take::give_up(of),
        Pc::Return => take::return_seat(of),
        Pc::MakeRoom => make_room(of),
        _ => {}
    }
}

fn is_below_limit(of: &Steps<'_>, held: Held) -> bool {
    bridge::is_below_limit(of.before, of.call().owner, held.record, of.scenario.quota)
}

/// `Launch::launch_from_cache`, or a live read at once. The cached record is the current one, or an
/// older one, on which every write fails.
fn begin(of: &mut Steps<'_>) {
    read(of, *of.before);
    let cached = of.before.read(of.call().owner);
    let has_seat = cached.record.seats.at(of.call().template).is_some();
    if cached.record.exists && !has_seat && is_below_limit(of, cached) {
        of.go("trusts the cache", *of.before, |it| {
            (it.pc, it.held, it.cached) = (Pc::Take, cached, true);
        });
    }
    stale_cache(of, cached);
}

/// An old record in the cache: without seats, or with a seat that is gone by now.
fn stale_cache(of: &mut Steps<'_>, cached: Held) {
    if of.has(Flaw::CachedRefuse) {
        of.end("refuses from the cache", *of.before, Answer::QuotaReached);
    }
    if of.has(Flaw::CachedReturn)
        && let Some(name) = (0..NAMES as Name).find(|it| of.before.removed & (1 << it) != 0)
    {
        of.end("returns what the cache has", *of.before, Answer::Got(name));
    }
    if of.has(Flaw::CachedUnconditional) && cached.record.exists {
        let mut empty = cached;
        empty.record.seats = Seats::default();
        of.go("writes on the cache", *of.before, |it| {
            (it.pc, it.held, it.cached) = (Pc::Take, empty, true);
        });
    }
}

/// The first half of `read_ledger`: the record, live; and `Owners::for_launch` without a record.
pub(crate) fn read(of: &mut Steps<'_>, mut state: State) {
    let owner = of.call().owner;
    if state.record(owner).exists {
        let held = state.read(owner);
        of.go("reads the record", state, |it| {
            (it.pc, it.held, it.cached) = (Pc::Look, held, false);
        });
    } else {
        state.bind(owner);
        of.go("binds the owner key", state, |it| it.pc = Pc::Read);
    }
}

/// The second half of `read_ledger`, `Launch::step`, and the write that the step begins with.
fn look(of: &mut Steps<'_>) {
    let held = of.request().held;
    let Some(seat) = held.record.seats.at(of.call().template) else {
        return without_seat(of, held);
    };
    let look = look_at(of, held, seat);
    match bridge::launch(look) {
        Launch::Return => of.end("returns the environment", *of.before, Answer::Got(seat.name)),
        Launch::DeleteExpired if of.has(Flaw::ReturnExpired) => {
            of.end("returns an expired environment", *of.before, Answer::Got(seat.name));
        }
        Launch::Take | Launch::Replace => of.go("replaces the seat", *of.before, replace),
        Launch::DeleteExpired => delete_expired(of, seat.name, replace),
        Launch::Await(fence) => {
            of.go("waits for the writer", *of.before, again);
            if of.has(Flaw::NoFence) {
                of.go("takes the seat without a fence", *of.before, replace);
            } else {
                fence_seat(of, seat, fence, replace);
            }
        }
    }
}

/// Forgets what it wrote, and reads again.
pub(crate) fn again(request: &mut Request) {
    (request.pc, request.seat, request.name, request.reply) = (Pc::Read, None, 0, Reply::Done);
}

pub(crate) fn replace(request: &mut Request) {
    request.pc = Pc::Take;
}

pub(crate) fn look_at(of: &Steps<'_>, held: Held, seat: Seat) -> Look {
    let object = of.before.object(seat.name);
    Look { owner: of.call().owner, record: held.record, seat, object, hour: of.before.hour }
}

/// `ledger_read::unseated`, then `make_room::has_room`.
fn without_seat(of: &mut Steps<'_>, held: Held) {
    let call = of.call();
    if let Some(name) = unseated(of.before, call, held.record) {
        return of.end("returns the environment", *of.before, Answer::Got(name));
    }
    if is_below_limit(of, held) || of.has(Flaw::NoQuota) {
        return of.go("finds room", *of.before, replace);
    }
    for seat in held.record.seats.iter() {
        let of_room = move |it: &mut Request| {
            (it.pc, it.seat) = (Pc::MakeRoom, Some(seat));
        };
        match bridge::room(look_at(of, held, seat)) {
            QuotaStep::Keep => {}
            QuotaStep::Free => of.go("finds a seat that has ended", *of.before, of_room),
            QuotaStep::DeleteThenFree => delete_expired(of, seat.name, of_room),
        }
    }
    of.end("refuses for the quota", *of.before, Answer::QuotaReached);
}

/// `ledger_read::unseated`: an environment of the owner that needs no seat.
pub(crate) fn unseated(state: &State, call: Call, record: Record) -> Option<Name> {
    let mut living = state.living(call.owner).filter(|(_, it)| it.template == call.template);
    let found = living.find(|(name, it)| bridge::unseated(*name, *it, record, state.hour));
    found.map(|(name, _)| name)
}

/// `make_room::free_ended_seats`: the record without the seat.
fn make_room(of: &mut Steps<'_>) {
    let (request, owner) = (of.request(), of.call().owner);
    let Some(seat) = request.seat else { return };
    let seats = writes::without_seat(owner, request.held.record, seat);
    let write = |state: &mut State| state.write_seats(owner, request.held.current, seats);
    for (state, reply) in attempt(of.before, write, Rejection::Conflict) {
        match reply {
            Reply::Done | Reply::Rejected(_) => of.go("makes room", state, again),
            Reply::Unanswered | Reply::Refused => of.end("fails", state, Answer::Unknown),
        }
    }
}

fn delete_expired(of: &mut Steps<'_>, name: Name, done: impl Fn(&mut Request)) {
    let write = |state: &mut State| state.delete(name, true, Why::Expired);
    for (state, reply) in attempt(of.before, write, Rejection::Conflict) {
        match reply {
            Reply::Done => of.go("deletes what expired", state, &done),
            Reply::Rejected(_) => of.go("reads again", state, again),
            Reply::Unanswered | Reply::Refused => of.end("fails", state, Answer::Unknown),
        }
    }
}

/// `fence::fence`.
pub(crate) fn fence_seat(
    of: &mut Steps<'_>,
    seat: Seat,
    fence: Fence,
    done: impl Fn(&mut Request),
) {
    let mut before = *of.before;
    if of.request().seat == Some(seat) && of.request().pc == Pc::Look {
        before.breaks("a launch never fences its own seat");
    }
    let write = |state: &mut State| match fence {
        Fence::CreateVoid => state.create_void(seat),
        Fence::DeleteMember => state.delete(seat.name, true, Why::Unused),
        Fence::Nothing => Ok(()),
    };
    let repeated = match fence {
        Fence::CreateVoid => Rejection::Exists,
        Fence::DeleteMember | Fence::Nothing => Rejection::Conflict,
    };
    for (state, reply) in attempt(&before, write, repeated) {
        match reply {
            Reply::Done => of.go("fences the seat", state, &done),
            Reply::Rejected(_) => of.go("fails to fence", state, again),
            Reply::Unanswered | Reply::Refused => of.end("fails", state, Answer::Unknown),
        }
    }
}

impl State {
    /// Creates the owner record under a key that has none.
    pub(crate) fn bind(&mut self, owner: Owner) {
        self.replace_record(owner, |record| {
            record.exists = true;
            record.uid += 1;
            record.written = false;
        });
    }
}
