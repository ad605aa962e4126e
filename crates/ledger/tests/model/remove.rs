//! A removal, as `environments::remove` carries it out: it marks the instance, then deletes exactly
//! what it marked, then frees the seat. After an answer that leaves it open, a live read says
//! whether the write took effect.

use crate::{
    api::{Rejection, Reply, Why, attempt},
    bridge::{self, Look, Remove},
    flaws::Flaw,
    launch::{fence_seat, unseated},
    state::{Answer, Pc, Phase, Record, Request, Seat, State},
    system::Steps,
    writes,
};

pub(crate) fn step(of: &mut Steps<'_>) {
    match of.request().pc {
        Pc::Waiting | Pc::Read => read(of),
        Pc::Look => look(of),
        Pc::Mark => mark(of),
        Pc::CheckMark => check_mark(of),
        Pc::Delete => delete(of),
        Pc::CheckDelete => check_delete(of),
        Pc::Free => free(of),
        Pc::CheckFree => check_free(of),
        _ => {}
    }
}

/// The first half of `read_ledger`.
fn read(of: &mut Steps<'_>) {
    let held = of.before.read(of.call().owner);
    if of.has(Flaw::CachedNotFound) {
        of.end("finds nothing in the cache", *of.before, Answer::NotFound);
    }
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
        Remove::NotFound if of.has(Flaw::RemoveTwice) && object.is_some() => {
            of.end("finds it deleting", *of.before, Answer::Removed(seat.name));
        }
        Remove::NotFound => of.end("finds nothing", *of.before, Answer::NotFound),
        Remove::Delete if of.has(Flaw::FreeFirst) => of.go("frees first", *of.before, to_free),
        Remove::Delete => of.go("finds it living", *of.before, |it| {
            (it.pc, it.seat, it.name, it.seen) = (Pc::Mark, Some(seat), seat.name, true);
        }),
        Remove::Fence(fence) => fence_seat(of, seat, fence, to_free),
        Remove::Free => of.go("finds the seat vacant", *of.before, to_free),
    }
}

/// An environment without a seat: `Removal::Unseated`.
fn without_seat(of: &mut Steps<'_>) {
    let (call, record) = (of.call(), of.request().held.record);
    match unseated(of.before, call, record) {
        Some(name) => of.go("finds it without a seat", *of.before, |it| {
            (it.pc, it.seat, it.name, it.seen) = (Pc::Mark, None, name, true);
        }),
        None => of.end("finds nothing", *of.before, Answer::NotFound),
    }
}

/// `delete`: the patch that marks the instance.
fn mark(of: &mut Steps<'_>) {
    let (Request { name, seen, .. }, number) = (of.request(), of.number);
    if of.has(Flaw::RemoveUnmarked) {
        return of.go("does not mark it", *of.before, |it| it.pc = Pc::Delete);
    }
    let write = |state: &mut State| {
        let object = state.object(name).ok_or(Rejection::Gone)?;
        if !seen {
            return Err(Rejection::Conflict);
        }
        state.put(name, Some(writes::marked(name, object, number)));
        Ok(())
    };
    for (state, reply) in attempt(of.before, write, Rejection::Conflict) {
        match reply {
            Reply::Done => {
                of.go("marks it", state, |it| (it.pc, it.seen) = (Pc::Delete, true));
            }
            Reply::Refused => of.end("is refused", state, Answer::Unknown),
            Reply::Rejected(_) | Reply::Unanswered => of.go("is not sure", state, |it| {
                (it.pc, it.reply) = (Pc::CheckMark, reply);
            }),
        }
    }
}

/// Reads again.
fn again(request: &mut Request) {
    (request.pc, request.seat, request.name, request.reply) = (Pc::Read, None, 0, Reply::Done);
}

fn check_mark(of: &mut Steps<'_>) {
    let name = of.request().name;
    if bridge::is_marked_by(name, of.before.object(name), of.number) {
        of.go("finds its mark", *of.before, |it| (it.pc, it.seen) = (Pc::Delete, true));
    } else {
        not_done(of);
    }
}

/// The write did not take effect: `or_own_effect`.
fn not_done(of: &mut Steps<'_>) {
    match of.request().reply {
        Reply::Rejected(_) => of.go("reads again", *of.before, again),
        _ => of.end("gets no answer", *of.before, Answer::Unknown),
    }
}

/// `delete`: the deletion of exactly what was marked.
fn delete(of: &mut Steps<'_>) {
    let (Request { name, seen, .. }, owner) = (of.request(), of.call().owner);
    let write = |state: &mut State| state.delete(name, seen, Why::Removed(owner));
    for (state, reply) in attempt(of.before, write, Rejection::Conflict) {
        match reply {
            Reply::Done => deleted(of, "deletes it", state),
            Reply::Refused => of.end("is refused", state, Answer::Unknown),
            Reply::Rejected(_) if of.has(Flaw::RemoveForgotten) => {
                of.go("reads again", state, again);
            }
            Reply::Rejected(_) | Reply::Unanswered => of.go("is not sure", state, |it| {
                (it.pc, it.reply) = (Pc::CheckDelete, reply);
            }),
        }
    }
}

fn deleted(of: &mut Steps<'_>, label: &'static str, state: State) {
    match of.request().seat {
        Some(_) => of.go(label, state, |it| (it.pc, it.deleted) = (Pc::Free, true)),
        None => of.end(label, state, Answer::Removed(of.request().name)),
    }
}

fn check_delete(of: &mut Steps<'_>) {
    let name = of.request().name;
    let live = of.before.object(name);
    let is_deleting = live.is_some_and(|it| it.phase == Phase::Deleting);
    if !bridge::was_removed_by(name, live, of.number) {
        match is_deleting && of.has(Flaw::RemoveUnmarked) {
            true => deleted(of, "finds a deletion", *of.before),
            false => not_done(of),
        }
    } else if is_deleting {
        deleted(of, "finds its deletion", *of.before);
    } else {
        // It is gone, and nobody can say whose deletion that was.
        of.end("finds it gone", *of.before, Answer::FoundGone(name));
    }
}

/// `free_seat`: the record without exactly the seat, on the version that was read.
fn free(of: &mut Steps<'_>) {
    let (owner, request) = (of.call().owner, of.request());
    let Some(seat) = request.seat else { return };
    let record = request.held.record;
    if !holds(of, record, seat) {
        return end_free(of, "finds the seat freed", *of.before, false);
    }
    let seats = match of.has(Flaw::FreeByName) {
        true => writes::without_name(record, seat.name),
        false => writes::without_seat(owner, record, seat),
    };
    let write = |state: &mut State| state.write_seats(owner, request.held.current, seats);
    for (state, reply) in attempt(of.before, write, Rejection::Conflict) {
        match reply {
            Reply::Done => end_free(of, "frees the seat", state, true),
            Reply::Refused if request.deleted => end_free(of, "is refused", state, false),
            Reply::Refused => of.end("is refused", state, Answer::Unknown),
            Reply::Rejected(_) | Reply::Unanswered => of.go("is not sure", state, |it| {
                (it.pc, it.reply) = (Pc::CheckFree, reply);
            }),
        }
    }
}

fn holds(of: &Steps<'_>, record: Record, seat: Seat) -> bool {
    match of.has(Flaw::FreeByName) {
        true => record.seats.naming(seat.name).is_some(),
        false => bridge::has_seat(of.call().owner, record, seat),
    }
}

/// `free`: a success for the request that deleted the instance or freed the seat.
fn end_free(of: &mut Steps<'_>, label: &'static str, state: State, freed: bool) {
    let Request { seat, name, deleted, .. } = of.request();
    let name = seat.map_or(name, |seat| seat.name);
    let answer = if deleted || freed { Answer::Removed(name) } else { Answer::NotFound };
    if of.has(Flaw::FreeFirst) && state.object(name).is_some_and(|it| it.phase == Phase::Live) {
        return of.go("deletes it then", state, |it| {
            (it.pc, it.seat, it.name, it.seen) = (Pc::Delete, None, name, true);
        });
    }
    of.end(label, state, answer);
}

fn check_free(of: &mut Steps<'_>) {
    let held = of.before.read(of.call().owner);
    let request = of.request();
    let Some(seat) = request.seat else { return };
    if !held.record.exists {
        return end_free(of, "finds no record", *of.before, false);
    }
    match request.reply {
        Reply::Rejected(_) => {
            of.go("reads the record", *of.before, |it| (it.pc, it.held) = (Pc::Free, held));
        }
        _ if !holds(of, held.record, seat) => {
            end_free(of, "finds the seat freed", *of.before, true);
        }
        _ if request.deleted => end_free(of, "gets no answer", *of.before, false),
        _ => of.end("gets no answer", *of.before, Answer::Unknown),
    }
}
