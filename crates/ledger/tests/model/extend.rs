//! An extension, as `environments::extend` carries it out.

use ledger::standing::Standing;

use crate::{
    api::{Rejection, Reply, attempt},
    bridge::{self, Look},
    flaws::Flaw,
    launch::unseated,
    state::{Answer, Name, Object, Pc, State},
    system::Steps,
    writes,
};

pub(crate) fn step(of: &mut Steps<'_>) {
    match of.request().pc {
        Pc::Waiting | Pc::Read => read(of),
        Pc::Look => look(of),
        Pc::Patch => patch(of),
        Pc::Check => check(of),
        _ => {}
    }
}

fn read(of: &mut Steps<'_>) {
    let held = of.before.read(of.call().owner);
    if held.record.exists {
        of.go("reads the record", *of.before, |it| (it.pc, it.held) = (Pc::Look, held));
    } else {
        of.end("finds no record", *of.before, Answer::NotFound);
    }
}

/// The environment that lives, read live. The clock of this replica may be behind, so that an
/// environment past its deadline lives for it.
fn look(of: &mut Steps<'_>) {
    let (call, held) = (of.call(), of.request().held);
    let Some(seat) = held.record.seats.at(call.template) else {
        return match unseated(of.before, call, held.record) {
            Some(name) => of.go("finds it without a seat", *of.before, |it| {
                (it.pc, it.name, it.seen) = (Pc::Patch, name, true);
            }),
            None => of.end("finds nothing", *of.before, Answer::NotFound),
        };
    };
    let (object, hour) = (of.before.object(seat.name), of.before.hour);
    let look = Look { owner: call.owner, record: held.record, seat, object, hour };
    match bridge::standing_of(look) {
        Standing::Lives | Standing::Expired => of.go("finds it living", *of.before, |it| {
            (it.pc, it.name, it.seen) = (Pc::Patch, seat.name, true);
        }),
        Standing::Deleting | Standing::Unwritten(_) | Standing::Vacant => {
            of.end("finds nothing", *of.before, Answer::NotFound);
        }
    }
}

fn patch(of: &mut Steps<'_>) {
    let (name, seen, number) = (of.request().name, of.request().seen, of.number);
    let blind = of.has(Flaw::ExtendUnconditional);
    let write = |state: &mut State| {
        let object = state.object(name).ok_or(Rejection::Gone)?;
        if !seen && !blind {
            return Err(Rejection::Conflict);
        }
        write_extension(state, name, object, number, seen);
        Ok(())
    };
    for (state, reply) in attempt(of.before, write, Rejection::Conflict) {
        match reply {
            Reply::Done => of.end("extends it", state, Answer::Extended(name)),
            Reply::Refused => of.end("is refused", state, Answer::Unknown),
            Reply::Rejected(_) if of.has(Flaw::ExtendForgotten) => {
                of.go("reads again", state, |it| it.pc = Pc::Read);
            }
            Reply::Rejected(_) | Reply::Unanswered => of.go("is not sure", state, |it| {
                (it.pc, it.reply) = (Pc::Check, reply);
            }),
        }
    }
}

/// `or_own_effect`: whether the environment remembers this request.
fn check(of: &mut Steps<'_>) {
    let (name, reply) = (of.request().name, of.request().reply);
    let is_own = |object: Object| bridge::was_extended_by(name, object, of.number);
    if of.before.object(name).is_some_and(is_own) {
        of.end("finds its extension written", *of.before, Answer::Extended(name));
    } else if let Reply::Rejected(_) = reply {
        of.go("reads again", *of.before, |it| it.pc = Pc::Read);
    } else {
        of.end("gets no answer", *of.before, Answer::Unknown);
    }
}

/// Writes the deadline and the count that follow from what was read: without the condition, from
/// what was read before.
fn write_extension(state: &mut State, name: Name, object: Object, number: usize, seen: bool) {
    if state.requests[number].extended {
        state.breaks("an extension counts once");
    }
    let read = if seen { object } else { Object { extensions: 0, ..object } };
    if let Some(extended) = writes::extended(name, read, number) {
        state.requests[number].extended = true;
        state.put(name, Some(extended));
    }
}
