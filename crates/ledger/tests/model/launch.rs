//! A launch, as `environments::launch` carries it out. A conditional write is one step with the
//! read that it was decided on: if the object changed in between, the write would have failed, and
//! the launch would have read again.

use ledger::{quota::QuotaStep, standing::Standing};

use crate::{
    api::{Rejection, Reply, Why, attempt},
    bridge::{self, Fence, Launch, Look},
    flaws::Flaw,
    state::{
        Answer, Chosen, Held, NAMES, Name, Object, Owner, Pc, Record, Request, Seat, Seats, State,
        Template,
    },
    system::{Call, Steps},
};

pub(crate) fn step(of: &mut Steps<'_>) {
    match of.request().pc {
        Pc::Waiting => begin(of),
        Pc::Read => read(of, *of.before),
        Pc::Look => look(of),
        Pc::Take => take(of),
        Pc::Confirm => confirm(of),
        Pc::Write => write(of),
        Pc::Check => check(of),
        Pc::GiveBack => give_back(of),
        Pc::Return => return_seat(of),
        Pc::MakeRoom => make_room(of),
        Pc::Delete | Pc::Free | Pc::FreeAgain | Pc::Patch | Pc::Ended => {}
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
fn read(of: &mut Steps<'_>, mut state: State) {
    let owner = of.call().owner;
    if state.record(owner).exists {
        let held = state.read(owner);
        of.go("reads the record", state, |it| {
            (it.pc, it.held, it.cached, it.seat) = (Pc::Look, held, false, None);
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
            of.go("waits for the writer", *of.before, |it| it.pc = Pc::Read);
            if of.has(Flaw::NoFence) {
                of.go("takes the seat without a fence", *of.before, replace);
            } else {
                fence_seat(of, seat, fence, replace);
            }
        }
    }
}

fn replace(request: &mut Request) {
    request.pc = Pc::Take;
}

fn look_at(of: &Steps<'_>, held: Held, seat: Seat) -> Look {
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
    let seats = bridge::without_seat(owner, request.held.record, seat);
    let write = |state: &mut State| state.write_seats(owner, request.held.current, seats);
    for (state, reply) in attempt(of.before, write, Rejection::Conflict) {
        match reply {
            Reply::Done | Reply::Rejected(_) => of.go("makes room", state, |it| it.pc = Pc::Read),
            Reply::Unanswered | Reply::Refused => of.end("fails", state, Answer::Unknown),
        }
    }
}

fn delete_expired(of: &mut Steps<'_>, name: Name, done: impl Fn(&mut Request)) {
    let write = |state: &mut State| state.delete(name, true, Why::Expired);
    for (state, reply) in attempt(of.before, write, Rejection::Conflict) {
        match reply {
            Reply::Done => of.go("deletes what expired", state, &done),
            Reply::Rejected(_) => of.go("reads again", state, |it| it.pc = Pc::Read),
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
    if of.request().seat == Some(seat) && of.request().seats_written > 0 {
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
            Reply::Rejected(_) => of.go("fails to fence", state, |it| it.pc = Pc::Read),
            Reply::Unanswered | Reply::Refused => of.end("fails", state, Answer::Unknown),
        }
    }
}

/// `create_new` and `Claim::run`, up to the write of the seat.
fn take(of: &mut Steps<'_>) {
    if of.request().seats_written >= of.scenario.max_seats {
        return;
    }
    let (hour, template) = (of.before.hour, of.call().template);
    if template == Template::Pool {
        return choose_member(of);
    }
    if usize::from(of.before.fresh) < NAMES {
        let mut state = *of.before;
        state.fresh += 1;
        let seat = bridge::seat_to_create(template, of.before.fresh, hour);
        write_seat(of, state, seat);
    }
}

/// `Claim::reserve_member`: any warm member, in any order, and one that is not warm any more if the
/// cache lags.
fn choose_member(of: &mut Steps<'_>) {
    let (before, hour) = (*of.before, of.before.hour);
    let members: Vec<(Name, Object)> =
        before.named().filter(|(name, it)| bridge::warm(*name, *it)).collect();
    for (name, member) in &members {
        write_seat(of, before, bridge::seat_to_claim(*name, *member, hour));
    }
    if of.scenario.stale_members {
        for name in 0..of.scenario.members {
            let chosen = Chosen::Old(0);
            write_seat(of, before, Seat { template: Template::Pool, name, chosen, hour });
        }
    }
    if members.is_empty() {
        no_member(of);
    }
}

/// `Refusal::PoolEmpty`: gives back the seat of an earlier round; after a first seat on the cached
/// record, reads live.
fn no_member(of: &mut Steps<'_>) {
    let request = of.request();
    let own = request.held.record.seats.at(Template::Pool);
    if let Some(seat) = own.filter(|_| request.seats_written > 0) {
        of.go("gives the seat back", *of.before, |it| (it.pc, it.seat) = (Pc::Return, Some(seat)));
    } else if request.cached {
        of.go("reads again", *of.before, |it| it.pc = Pc::Read);
    } else {
        of.end("finds no member", *of.before, Answer::PoolEmpty);
    }
}

fn write_seat(of: &mut Steps<'_>, state: State, seat: Seat) {
    let (owner, request) = (of.call().owner, of.request());
    if of.has(Flaw::InstanceFirst) && seat.chosen == Chosen::Creates {
        return instance_first(of, state, seat);
    }
    let seats = bridge::with_seat(owner, request.held.record, seat);
    let blind =
        of.has(Flaw::SeatUnconditional) || (of.has(Flaw::CachedUnconditional) && request.cached);
    let write = |state: &mut State| state.write_seats(owner, request.held.current || blind, seats);
    for (state, reply) in attempt(&state, write, Rejection::Conflict) {
        let written = |it: &mut Request| {
            (it.seat, it.name) = (Some(seat), seat.name);
            it.seats_written += 1;
        };
        match reply {
            Reply::Done => {
                let held = state.read(owner);
                of.go("writes the seat", state, |it| {
                    written(it);
                    (it.pc, it.held) = (Pc::Write, held);
                });
            }
            Reply::Rejected(_) if of.has(Flaw::SeatForgotten) => {
                of.go("reads again", state, |it| {
                    written(it);
                    it.pc = Pc::Read;
                });
            }
            Reply::Rejected(_) => of.go("meets a conflict", state, |it| {
                written(it);
                it.pc = Pc::Confirm;
            }),
            Reply::Unanswered | Reply::Refused => of.end("fails", state, Answer::Unknown),
        }
    }
}

/// A flaw: the instance before its seat.
fn instance_first(of: &mut Steps<'_>, mut state: State, seat: Seat) {
    let (owner, record) = (of.call().owner, of.request().held.record);
    let object = bridge::created(owner, record, seat, state.hour);
    if state.create(seat.name, object).is_ok() {
        of.go("creates the instance", state, |it| it.pc = Pc::Read);
    }
}

/// After a conflict on the record: whether the record holds exactly the seat that was written.
fn confirm(of: &mut Steps<'_>) {
    let (owner, seat) = (of.call().owner, of.request().seat);
    let held = of.before.read(owner);
    let is_written = seat.is_some_and(|seat| held.record.seats.contains(seat));
    if held.record.exists && is_written {
        of.go("finds its seat written", *of.before, |it| (it.pc, it.held) = (Pc::Write, held));
    } else {
        read(of, *of.before);
    }
}

/// The create or the claim.
fn write(of: &mut Steps<'_>) {
    let Some(seat) = of.request().seat else { return };
    let (owner, record, hour) = (of.call().owner, of.request().held.record, of.before.hour);
    if seat.chosen == Chosen::Creates {
        // The age of the seat, by wall clock.
        if seat.hour < hour && !of.has(Flaw::Oversleep) {
            return of.go("finds its seat too old", *of.before, |it| it.pc = Pc::Read);
        }
        let object = bridge::created(owner, record, seat, hour);
        let write = |state: &mut State| state.create(seat.name, object);
        return written(of, seat, write, Rejection::Exists, Pc::Read);
    }
    let blind = of.has(Flaw::ClaimUnconditional);
    let write = |state: &mut State| claim(state, owner, record, seat, blind);
    let next = if of.has(Flaw::ClaimForgotten) { Pc::Take } else { Pc::Check };
    written(of, seat, write, Rejection::Conflict, next);
}

fn claim(
    state: &mut State,
    owner: Owner,
    record: Record,
    seat: Seat,
    blind: bool,
) -> Result<(), Rejection> {
    let member = state.object(seat.name).ok_or(Rejection::Gone)?;
    if seat.chosen != Chosen::Current && !blind {
        return Err(Rejection::Conflict);
    }
    if member.owner != 0 && member.owner != owner {
        state.breaks("no member to two owners");
    }
    let claimed = bridge::claimed(owner, record, seat.name, member, state.hour);
    state.put(seat.name, Some(Object { hour: member.hour, ..claimed }));
    Ok(())
}

fn written(
    of: &mut Steps<'_>,
    seat: Seat,
    write: impl Fn(&mut State) -> Result<(), Rejection>,
    repeated: Rejection,
    after_rejection: Pc,
) {
    for (state, reply) in attempt(of.before, write, repeated) {
        match reply {
            Reply::Done => of.end("writes the instance", state, Answer::Got(seat.name)),
            Reply::Rejected(_) => of.go("meets a conflict", state, |it| it.pc = after_rejection),
            Reply::Unanswered => of.end("gets no answer", state, Answer::Unknown),
            Reply::Refused if of.has(Flaw::GiveBackWithoutFence) => {
                of.go("is refused", state, |it| it.pc = Pc::Return);
            }
            Reply::Refused => of.go("is refused", state, |it| it.pc = Pc::GiveBack),
        }
    }
}

/// After a conflict on the member: whether the claim took effect.
fn check(of: &mut Steps<'_>) {
    let Some(seat) = of.request().seat else { return };
    match bridge::standing_of(look_at(of, of.request().held, seat)) {
        Standing::Lives => of.end("finds its claim written", *of.before, Answer::Got(seat.name)),
        Standing::Expired | Standing::Deleting => {
            of.go("reads again", *of.before, |it| it.pc = Pc::Read);
        }
        Standing::Unwritten(_) | Standing::Vacant => {
            of.go("tries the next member", *of.before, replace);
        }
    }
}

/// `give_back`, behind a fence: what was written after all is returned.
fn give_back(of: &mut Steps<'_>) {
    let Some(seat) = of.request().seat else { return };
    match bridge::launch(look_at(of, of.request().held, seat)) {
        Launch::Return => of.end("finds its write done", *of.before, Answer::Got(seat.name)),
        Launch::Await(fence) => {
            let mut own = *of.before;
            own.requests[of.number].seats_written = 0;
            let of = &mut Steps { before: &own, steps: of.steps, ..*of };
            fence_seat(of, seat, fence, |it| it.pc = Pc::Return);
        }
        Launch::Take | Launch::Replace | Launch::DeleteExpired => {
            of.go("needs no fence", *of.before, |it| it.pc = Pc::Return);
        }
    }
}

/// `give_back`: the record without exactly this seat. The conditional write is tried until it
/// succeeds, so it is one step with its read.
fn return_seat(of: &mut Steps<'_>) {
    let (owner, mut state) = (of.call().owner, *of.before);
    let record = *state.record(owner);
    let Some(seat) = of.request().seat else { return };
    if record.exists && record.seats.contains(seat) {
        let seats = bridge::without_seat(owner, record, seat);
        let _ = state.write_seats(owner, true, seats);
    }
    of.end("has given the seat back", state, Answer::Unknown);
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
