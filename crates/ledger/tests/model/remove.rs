//! A removal, as `environments::remove` carries it out. The delete is a step of its own, because a
//! removal remembers which instance it asked to delete.

use crate::{
    api::{Rejection, Reply, Why, attempt},
    bridge::{self, Look, Remove},
    flaws::Flaw,
    launch::{fence_seat, unseated},
    state::{Answer, Pc, Phase, Request, Seat, Seats, State},
    system::Steps,
};

pub(crate) fn step(of: &mut Steps<'_>) {
    match of.request().pc {
        Pc::Waiting | Pc::Read => read(of),
        Pc::Look => look(of),
        Pc::Delete => delete(of),
        Pc::Free => free(of),
        Pc::FreeAgain => free_again(of),
        _ => {}
    }
}

/// The first half of `read_ledger`.
fn read(of: &mut Steps<'_>) {
    let held = of.before.read(of.call().owner);
    if held.record.exists {
        of.go("reads the record", *of.before, |it| (it.pc, it.held) = (Pc::Look, held));
    } else {
        of.end("finds no record", *of.before, Answer::NotFound);
    }
}

/// The second half of `read_ledger`, and `carry_out` but for the delete.
fn look(of: &mut Steps<'_>) {
    let (held, call) = (of.request().held, of.call());
    let Some(seat) = held.record.seats.at(call.template) else { return without_seat(of) };
    let (object, hour) = (of.before.object(seat.name), of.before.hour);
    let look = Look { owner: call.owner, record: held.record, seat, object, hour };
    let to_free = move |it: &mut Request| (it.pc, it.seat) = (Pc::Free, Some(seat));
    match bridge::remove(look) {
        Remove::NotFound if is_own_deletion(of, seat) => {
            of.go("finds its delete done", *of.before, |it| {
                (it.pc, it.seat, it.deleted) = (Pc::Free, Some(seat), true);
            });
        }
        Remove::NotFound if of.has(Flaw::RemoveTwice) && object.is_some() => {
            of.end("finds it deleting", *of.before, Answer::Removed(seat.name));
        }
        Remove::NotFound => of.end("finds nothing", *of.before, Answer::NotFound),
        Remove::Delete if of.has(Flaw::FreeFirst) => of.go("frees first", *of.before, to_free),
        Remove::Delete => of.go("finds it living", *of.before, |it| {
            (it.pc, it.seat, it.name, it.seen) = (Pc::Delete, Some(seat), seat.name, true);
        }),
        Remove::Fence(fence) => fence_seat(of, seat, fence, to_free),
        Remove::Free => of.go("finds the seat vacant", *of.before, to_free),
    }
}

/// Whether the instance is deleting, and this request asked for exactly that.
fn is_own_deletion(of: &Steps<'_>, seat: Seat) -> bool {
    let is_deleting = of.before.object(seat.name).is_some_and(|it| it.phase == Phase::Deleting);
    is_deleting && of.request().asked == Some(seat.name) && !of.has(Flaw::RemoveForgotten)
}

/// An environment without a seat: `Removal::Unseated`.
fn without_seat(of: &mut Steps<'_>) {
    let (call, record) = (of.call(), of.request().held.record);
    match unseated(of.before, call, record) {
        Some(name) => of.go("finds it without a seat", *of.before, |it| {
            (it.pc, it.seat, it.name, it.seen) = (Pc::Delete, None, name, true);
        }),
        None => of.end("finds nothing", *of.before, Answer::NotFound),
    }
}

fn delete(of: &mut Steps<'_>) {
    let Request { name, seen, seat, .. } = of.request();
    let owner = of.call().owner;
    let write = |state: &mut State| state.delete(name, seen, Why::Removed(owner));
    for (state, reply) in attempt(of.before, write, Rejection::Conflict) {
        match (reply, seat) {
            (Reply::Done, None) => of.end("deletes it", state, Answer::Removed(name)),
            (Reply::Done, Some(_)) => {
                of.go("deletes it", state, |it| (it.pc, it.deleted) = (Pc::Free, true));
            }
            (Reply::Rejected(_), _) => of.go("reads again", state, |it| {
                (it.pc, it.asked) = (Pc::Read, Some(name));
            }),
            (Reply::Unanswered | Reply::Refused, _) => of.end("fails", state, Answer::Unknown),
        }
    }
}

/// `free`: the record without the seat, on the version that was read.
fn free(of: &mut Steps<'_>) {
    let (owner, request) = (of.call().owner, of.request());
    let Some(seat) = request.seat else { return };
    let record = request.held.record;
    let by_name = of.has(Flaw::FreeByName);
    let holds = |seats: &Seats| match by_name {
        true => seats.naming(seat.name).is_some(),
        false => seats.contains(seat),
    };
    let done = if request.deleted { Answer::Removed(seat.name) } else { Answer::NotFound };
    if !holds(&record.seats) {
        return of.end("finds the seat freed", *of.before, done);
    }
    let seats = match by_name {
        true => bridge::without_name(owner, record, seat),
        false => bridge::without_seat(owner, record, seat),
    };
    let write = |state: &mut State| state.write_seats(owner, request.held.current, seats);
    for (state, reply) in attempt(of.before, write, Rejection::Conflict) {
        match reply {
            Reply::Done => of.end("frees the seat", state, Answer::Removed(seat.name)),
            Reply::Rejected(_) => of.go("meets a conflict", state, |it| it.pc = Pc::FreeAgain),
            Reply::Unanswered | Reply::Refused => of.end("fails", state, Answer::Unknown),
        }
    }
}

fn free_again(of: &mut Steps<'_>) {
    let held = of.before.read(of.call().owner);
    let request = of.request();
    if held.record.exists {
        return of.go("reads the record", *of.before, |it| (it.pc, it.held) = (Pc::Free, held));
    }
    let name = request.seat.map_or(request.name, |it| it.name);
    let answer = if request.deleted { Answer::Removed(name) } else { Answer::NotFound };
    of.end("finds no record", *of.before, answer);
}
