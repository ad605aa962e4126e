//! An extension, as `environments::extend` carries it out.

use ledger::standing::Standing;

use crate::{
    api::{Rejection, Reply, attempt},
    bridge::{self, Look},
    flaws::Flaw,
    state::{Answer, Name, Object, Pc, State},
    system::Steps,
};

pub(crate) fn step(of: &mut Steps<'_>) {
    match of.request().pc {
        Pc::Waiting | Pc::Read => read(of),
        Pc::Look => look(of),
        Pc::Patch => patch(of),
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
        return of.end("finds nothing", *of.before, Answer::NotFound);
    };
    let (object, hour) = (of.before.object(seat.name), of.before.hour);
    let look = Look { owner: call.owner, record: held.record, seat, object, hour };
    let is_own = object.is_some_and(|it| it.extended_by & (1 << of.number) != 0);
    match bridge::standing_of(look) {
        Standing::Lives | Standing::Expired if is_own && !of.has(Flaw::ExtendForgotten) => {
            of.end("finds its extension written", *of.before, Answer::Extended(seat.name));
        }
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
            Reply::Rejected(_) => of.go("reads again", state, |it| it.pc = Pc::Read),
            Reply::Unanswered | Reply::Refused => of.end("fails", state, Answer::Unknown),
        }
    }
}

/// Writes the deadline and the count that follow from what was read: without the condition, from
/// what was read before.
fn write_extension(state: &mut State, name: Name, object: Object, number: usize, seen: bool) {
    if state.requests[number].extended {
        state.breaks("an extension counts once");
    }
    let read = if seen { object } else { Object { extensions: 0, ..object } };
    if let Some(extended) = bridge::extended(name, read, number) {
        state.requests[number].extended = true;
        state.put(name, Some(extended));
    }
}
