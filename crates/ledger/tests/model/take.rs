//! How a launch takes a seat and writes the instance: `create_new`, `Claim::run` and `write_seat`
//! of `environments::launch`, and `give_back`.

use crate::{
    api::{Rejection, Reply, attempt},
    bridge,
    flaws::Flaw,
    launch::{again, look_at, replace},
    state::{
        Answer, Chosen, NAMES, Name, Object, Owner, Pc, Record, Request, Seat, Seats, State,
        Template,
    },
    system::Steps,
    writes,
};

/// `create_new` and `Claim::run`, up to the write of the seat.
pub(crate) fn take(of: &mut Steps<'_>) {
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
        let seat = writes::seat_to_create(template, of.before.fresh, hour);
        write_seat(of, state, seat);
    }
}

/// `Claim::reserve_member`: any warm member, in any order, and one that is not warm any more if the
/// cache lags.
fn choose_member(of: &mut Steps<'_>) {
    let (before, hour, ticket) = (*of.before, of.before.hour, ticket(of));
    let members: Vec<(Name, Object)> =
        before.named().filter(|(name, it)| bridge::warm(*name, *it)).collect();
    for (name, member) in &members {
        write_seat(of, before, writes::seat_to_claim(*name, *member, ticket, hour));
    }
    if of.scenario.stale_members {
        for name in 0..of.scenario.members {
            let chosen = Chosen::Old(0);
            let seat = Seat { template: Template::Pool, name, chosen, hour, ticket };
            write_seat(of, before, seat);
        }
    }
    if members.is_empty() {
        no_member(of);
    }
}

/// The ticket of the request.
fn ticket(of: &Steps<'_>) -> u8 {
    if of.has(Flaw::OneTicket) { 1 } else { u8::try_from(of.number + 1).unwrap_or(u8::MAX) }
}

/// `Refusal::PoolEmpty`: gives back the seat of an earlier round; after a first seat on the cached
/// record, reads live.
fn no_member(of: &mut Steps<'_>) {
    let request = of.request();
    let own = request.held.record.seats.at(Template::Pool);
    if let Some(seat) = own.filter(|_| request.seats_written > 0) {
        of.go("gives the seat back", *of.before, |it| (it.pc, it.seat) = (Pc::Return, Some(seat)));
    } else if request.cached {
        of.go("reads again", *of.before, again);
    } else {
        of.end("finds no member", *of.before, Answer::PoolEmpty);
    }
}

fn write_seat(of: &mut Steps<'_>, state: State, seat: Seat) {
    let (owner, request) = (of.call().owner, of.request());
    if of.has(Flaw::InstanceFirst) && seat.chosen == Chosen::Creates {
        return instance_first(of, state, seat);
    }
    let seats = match of.has(Flaw::SeatAdded) {
        true => Seats::of(request.held.record.seats.iter().chain([seat])),
        false => writes::with_seat(owner, request.held.record, seat),
    };
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
            Reply::Refused => of.end("is refused", state, Answer::Unknown),
            Reply::Rejected(_) if of.has(Flaw::SeatForgotten) => {
                // It does not know its own seat, and waits for its writer.
                of.go("reads again", state, |it| {
                    written(it);
                    it.pc = Pc::Read;
                });
            }
            Reply::Rejected(_) | Reply::Unanswered => of.go("is not sure", state, |it| {
                written(it);
                (it.pc, it.reply) = (Pc::Confirm, reply);
            }),
        }
    }
}

/// A flaw: the instance before its seat.
fn instance_first(of: &mut Steps<'_>, mut state: State, seat: Seat) {
    let (owner, record) = (of.call().owner, of.request().held.record);
    let object = writes::created(owner, record, seat, state.hour);
    if state.create(seat.name, object).is_ok() {
        of.go("creates the instance", state, again);
    }
}

/// `write_seat`, after an answer that leaves it open: a live read says whether the record has the
/// seat.
pub(crate) fn confirm(of: &mut Steps<'_>) {
    let (owner, request) = (of.call().owner, of.request());
    let held = of.before.read(owner);
    let is_written = request.seat.is_some_and(|seat| bridge::has_seat(owner, held.record, seat));
    if held.record.exists && is_written {
        of.go("finds its seat written", *of.before, |it| (it.pc, it.held) = (Pc::Write, held));
    } else if request.reply == Reply::Unanswered {
        of.end("gets no answer", *of.before, Answer::Unknown);
    } else {
        of.go("reads again", *of.before, again);
    }
}

/// What comes between the seat and the instance: the age of the seat, by wall clock.
pub(crate) fn write(of: &mut Steps<'_>) {
    let Some(seat) = of.request().seat else { return };
    if seat.chosen != Chosen::Creates {
        return claim_member(of, seat);
    }
    if is_too_old(of, seat) {
        return of.go("finds its seat too old", *of.before, again);
    }
    of.go("may create", *of.before, |it| it.pc = Pc::Create);
}

fn is_too_old(of: &Steps<'_>, seat: Seat) -> bool {
    !bridge::may_still_create(seat, of.before.hour) && !of.has(Flaw::Oversleep)
}

/// The create. The age of the seat is checked once more after it: the process may have been
/// suspended meanwhile.
pub(crate) fn create(of: &mut Steps<'_>) {
    let Some(seat) = of.request().seat else { return };
    let object = writes::created(of.call().owner, of.request().held.record, seat, of.before.hour);
    let write = |state: &mut State| state.create(seat.name, object);
    for (state, reply) in attempt(of.before, write, Rejection::Exists) {
        match reply {
            Reply::Done if is_too_old(of, seat) => {
                of.go("finds its seat too old", state, again);
            }
            Reply::Done => of.end("creates the instance", state, Answer::Got(seat.name)),
            Reply::Refused if of.has(Flaw::GiveBackWithoutFence) => {
                of.go("is refused", state, |it| it.pc = Pc::Return);
            }
            Reply::Refused => of.go("is refused", state, |it| it.pc = Pc::GiveUp),
            Reply::Rejected(_) | Reply::Unanswered => of.go("is not sure", state, |it| {
                (it.pc, it.reply) = (Pc::Check, reply);
            }),
        }
    }
}

/// `Claim::claim_member`: the patch.
fn claim_member(of: &mut Steps<'_>, seat: Seat) {
    let (owner, record) = (of.call().owner, of.request().held.record);
    let blind = of.has(Flaw::ClaimUnconditional);
    let write = |state: &mut State| claim(state, owner, record, seat, blind);
    for (state, reply) in attempt(of.before, write, Rejection::Conflict) {
        match reply {
            Reply::Done => of.end("claims the member", state, Answer::Got(seat.name)),
            Reply::Refused if of.has(Flaw::GiveBackWithoutFence) => {
                of.go("is refused", state, |it| it.pc = Pc::Return);
            }
            Reply::Rejected(_) if of.has(Flaw::ClaimForgotten) => {
                of.go("tries the next member", state, replace);
            }
            _ => of.go("is not sure", state, |it| (it.pc, it.reply) = (Pc::Check, reply)),
        }
    }
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
    let claimed = writes::claimed(owner, record, seat.name, member, state.hour);
    state.put(seat.name, Some(Object { hour: member.hour, ..claimed }));
    Ok(())
}

/// After an answer to the create or the claim that leaves it open: a live read says whether it took
/// effect.
pub(crate) fn check(of: &mut Steps<'_>) {
    let (Some(seat), reply) = (of.request().seat, of.request().reply) else { return };
    let creates = seat.chosen == Chosen::Creates;
    match reply {
        _ if bridge::is_written(look_at(of, of.request().held, seat)) => {
            if creates && is_too_old(of, seat) {
                return of.go("finds its seat too old", *of.before, again);
            }
            of.end("finds its write done", *of.before, Answer::Got(seat.name));
        }
        Reply::Unanswered | Reply::Done => of.end("gets no answer", *of.before, Answer::Unknown),
        Reply::Refused if creates => of.go("is refused", *of.before, |it| it.pc = Pc::GiveUp),
        Reply::Refused => of.go("gives the seat back", *of.before, |it| it.pc = Pc::Return),
        Reply::Rejected(_) if creates => of.go("reads again", *of.before, again),
        Reply::Rejected(_) => of.go("tries the next member", *of.before, replace),
    }
}

/// `give_up`: the seat of a create that was refused is given back behind a fence. The seat of a
/// claim needs none: its ticket says that no other request writes on it.
pub(crate) fn give_up(of: &mut Steps<'_>) {
    let Some(seat) = of.request().seat else { return };
    let write = |state: &mut State| state.create_void(seat);
    for (state, reply) in attempt(of.before, write, Rejection::Exists) {
        match reply {
            Reply::Done => of.go("fences its seat", state, |it| it.pc = Pc::Return),
            Reply::Rejected(_) => of.go("finds the name taken", state, again),
            Reply::Unanswered | Reply::Refused => of.end("fails", state, Answer::Unknown),
        }
    }
}

/// `give_back`: the record without exactly this seat. The conditional write is tried until it
/// succeeds, so it is one step with its read.
pub(crate) fn return_seat(of: &mut Steps<'_>) {
    let (owner, mut state) = (of.call().owner, *of.before);
    let record = *state.record(owner);
    let Some(seat) = of.request().seat else { return };
    if record.exists && bridge::has_seat(owner, record, seat) {
        let seats = writes::without_seat(owner, record, seat);
        let _ = state.write_seats(owner, true, seats);
    }
    of.end("has given the seat back", state, Answer::Unknown);
}
