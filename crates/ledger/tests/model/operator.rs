//! The operators: the leader, and perhaps a deposed one that has not noticed yet. Each of them is
//! at most in the middle of one change; what it read may be old by the time it writes.

use crate::{
    api::Why,
    bridge::{self, Look, Sweep},
    flaws::Flaw,
    state::{Name, Object, Owner, Pc, Phase, Record, Seat, Seats, Slot, State},
    system::{Scenario, Step},
    writes,
};

pub(crate) fn steps(scenario: &Scenario, before: &State, steps: &mut Vec<Step>) {
    at_once(scenario, before, steps);
    reseat(scenario, before, steps);
    for slot in 0..scenario.operators {
        match before.slots[slot] {
            Slot::Idle => begin(scenario, before, slot, steps),
            doing => steps.push(go_on(scenario, before, slot, doing)),
        }
    }
}

/// Deletions that depend on the instance alone (`planner::instance::decide`): one step, because
/// they name the version that was read.
fn at_once(scenario: &Scenario, before: &State, steps: &mut Vec<Step>) {
    for (name, object) in before.named() {
        let mut delete = |label, why| {
            let mut after = *before;
            let _ = after.delete(name, true, why);
            steps.push(Step { label, who: 0, after });
        };
        match object.phase {
            Phase::Live if object.owner > 0 && object.overdue => {
                delete("the operator deletes what expired", Why::Expired);
            }
            Phase::Live if object.owner == 0 && scenario.shrinks => {
                delete("the pool shrinks", Why::Unused);
            }
            Phase::Void if void_may_go(scenario, before, name, object) => {
                delete("the operator deletes a void instance", Why::Unused);
            }
            _ => {}
        }
    }
}

/// `owners::reseat`: a record that was lost gets the seats of living environments.
fn reseat(scenario: &Scenario, before: &State, steps: &mut Vec<Step>) {
    if before.wiped == 0 || scenario.flaw == Some(Flaw::RecordLost) {
        return;
    }
    for owner in [1, 2] {
        if before.record(owner).exists
            && let Some(seats) = bridge::reseated(before, owner)
        {
            let mut after = *before;
            let _ = after.write_seats(owner, true, seats);
            steps.push(Step { label: "the operator gives seats back", who: 0, after });
        }
    }
}

fn void_may_go(scenario: &Scenario, state: &State, name: Name, object: Object) -> bool {
    // docs/ledger.md, "Known gaps": a request that has read the record with the seat.
    let is_being_read = state.requests.iter().any(|it| it.pc == Pc::Look);
    let is_over = bridge::void_is_over(name, object, state.hour) && !is_being_read;
    !is_seated(state, name) && (is_over || scenario.flaw == Some(Flaw::VoidGone))
}

fn is_seated(state: &State, name: Name) -> bool {
    state.records.iter().any(|it| it.exists && it.seats.naming(name).is_some())
}

fn begin(scenario: &Scenario, before: &State, slot: usize, steps: &mut Vec<Step>) {
    let mut remember = |label, what| {
        let mut after = *before;
        after.slots[slot] = what;
        steps.push(Step { label, who: slot, after });
    };
    for owner in [1, 2] {
        let record = before.record(owner);
        if scenario.flaw == Some(Flaw::NoSweep) {
            continue;
        }
        for seat in record.seats.iter().filter(|_| record.exists) {
            if scenario.eager || needs_sweep(before, owner, seat) {
                remember("the operator reads a record", Slot::Sweep { owner, seat, current: true });
            }
        }
    }
    for (name, object) in before.named() {
        if is_orphan(scenario, before, name, object) {
            remember("the operator finds an orphan", Slot::Orphan { name, seen: true });
        }
        // Of an unclaimed member only the cache is asked, which may be old.
        let is_free = object.owner == 0 || !is_seated(before, name);
        let flawed = scenario.flaw == Some(Flaw::ReleaseSeated);
        if object.phase == Phase::Deleting && (is_free || flawed) {
            remember("the operator finds no seat", Slot::Release { name, seen: true });
        }
    }
}

/// `instances::observe::seating`: the record of its owner, read live, and `ledger::orphan`.
pub(crate) fn is_orphan(scenario: &Scenario, state: &State, name: Name, object: Object) -> bool {
    if object.owner == 0 || object.phase != Phase::Live {
        return false;
    }
    let record = *state.record(object.owner);
    let is_seated =
        record.seats.naming(name).is_some() && scenario.flaw != Some(Flaw::OrphanCached);
    if scenario.flaw == Some(Flaw::RecordLost) {
        let trusted = Record { written: true, uid: object.record, ..record };
        return record.exists && !is_seated && bridge::orphan(name, object, trusted);
    }
    record.exists && !is_seated && bridge::orphan(name, object, record)
}

fn go_on(scenario: &Scenario, before: &State, slot: usize, doing: Slot) -> Step {
    let mut after = *before;
    after.slots[slot] = Slot::Idle;
    let label = match doing {
        Slot::Idle => "the operator does nothing",
        Slot::Sweep { owner, seat, current } => {
            if let Some(current) = fence(scenario, &mut after, owner, seat, current) {
                after.slots[slot] = Slot::Free { owner, seat, current };
            }
            "the operator looks at a seat"
        }
        Slot::Free { owner, seat, current } => {
            let blind = scenario.flaw == Some(Flaw::SweepUnconditional);
            let seats = writes::without_seat(owner, *after.record(owner), seat);
            // An old record had this seat alone.
            let seats = if blind { Seats::default() } else { seats };
            let _ = after.write_seats(owner, current || blind, seats);
            "the operator frees a seat"
        }
        Slot::Orphan { name, seen } => {
            let _ = after.delete(name, seen, Why::Unused);
            "the operator deletes an orphan"
        }
        Slot::Release { name, seen } => {
            if seen {
                after.put(name, None);
            }
            "the operator releases an instance"
        }
    };
    Step { label, who: slot, after }
}

/// `owners::carry_out::fence`. Returns whether the record was current when the seat can be freed.
fn fence(
    scenario: &Scenario,
    state: &mut State,
    owner: Owner,
    seat: Seat,
    current: bool,
) -> Option<bool> {
    let (record, object) = (*state.record(owner), state.object(seat.name));
    let look = Look { owner, record, seat, object, hour: state.hour };
    let flawed = scenario.flaw == Some(Flaw::SweepWithoutFence);
    match bridge::sweep(look) {
        Sweep::Keep => None,
        Sweep::Free => Some(current),
        Sweep::CreateVoid | Sweep::DeleteMember if flawed => Some(current),
        Sweep::CreateVoid => state.create_void(seat).ok().map(|()| current),
        Sweep::DeleteMember => {
            let _ = state.delete(seat.name, true, Why::Unused);
            Some(current)
        }
    }
}

/// Whether an operator would change something now.
pub(crate) fn is_due(scenario: &Scenario, state: &State) -> bool {
    let mut steps = Vec::new();
    at_once(scenario, state, &mut steps);
    reseat(scenario, state, &mut steps);
    let has_orphan = state.named().any(|(name, it)| is_orphan(scenario, state, name, it));
    let is_deleting = state.named().any(|(name, it)| {
        it.phase == Phase::Deleting && (it.owner == 0 || !is_seated(state, name))
    });
    !steps.is_empty() || has_orphan || is_deleting || has_seat_to_sweep(scenario, state)
}

fn has_seat_to_sweep(scenario: &Scenario, state: &State) -> bool {
    if scenario.flaw == Some(Flaw::NoSweep) {
        return false;
    }
    [1, 2].into_iter().any(|owner| {
        let record = *state.record(owner);
        record.exists && record.seats.iter().any(|seat| needs_sweep(state, owner, seat))
    })
}

fn needs_sweep(state: &State, owner: Owner, seat: Seat) -> bool {
    let (record, object) = (*state.record(owner), state.object(seat.name));
    bridge::sweep(Look { owner, record, seat, object, hour: state.hour }) != Sweep::Keep
}
