//! What happens around the requests: deadlines pass, the operator writes the status of instances,
//! time passes, and an admin deletes a record or restores it without its status.

use crate::{
    state::{Object, Owner, Pc, Phase, Seats, State},
    system::{Kind, Scenario, Step},
};

pub(crate) fn steps(scenario: &Scenario, before: &State, steps: &mut Vec<Step>) {
    let budget = before.budget;
    for (name, object) in before.named().filter(|(_, it)| it.phase == Phase::Live) {
        if budget.expiries > 0 && object.owner > 0 && !object.overdue {
            let mut after = *before;
            after.budget.expiries -= 1;
            // Time alone changes no version.
            after.objects[usize::from(name)] = Some(Object { overdue: true, ..object });
            steps.push(Step { label: "the deadline passes", who: 0, after });
        }
        if budget.touches > 0 {
            let mut after = *before;
            after.budget.touches -= 1;
            after.put(name, Some(object));
            steps.push(Step { label: "the operator writes a status", who: 0, after });
        }
    }
    if budget.hours > 0 {
        let mut after = *before;
        after.budget.hours -= 1;
        after.hour += 1;
        steps.push(Step { label: "an hour passes", who: 0, after });
    }
    if budget.wipes > 0 {
        lose_records(scenario, before, steps);
    }
    if before.wiped != 0 {
        find_records(before, steps);
    }
}

fn lose_records(scenario: &Scenario, before: &State, steps: &mut Vec<Step>) {
    for owner in [1, 2] {
        if !before.record(owner).exists {
            continue;
        }
        let mut wipe = |label, exists| {
            let mut after = *before;
            after.budget.wipes -= 1;
            after.wiped |= 1 << owner;
            after.torn |= u8::from(is_launching(scenario, before, owner)) << owner;
            after.replace_record(owner, |record| {
                record.exists = exists;
                record.written = false;
                record.uid += u8::from(exists);
                record.seats = Seats::default();
            });
            steps.push(Step { label, who: 0, after });
        };
        wipe("an admin deletes the record", false);
        wipe("a backup restores the record without its status", true);
    }
}

/// Whether a launch of the owner has written its seat and not yet its instance.
fn is_launching(scenario: &Scenario, state: &State, owner: Owner) -> bool {
    scenario.calls.iter().zip(&state.requests).any(|(call, request)| {
        let writes = matches!(request.pc, Pc::Confirm | Pc::Write | Pc::Create | Pc::Check);
        call.owner == owner && call.kind == Kind::Launch && writes
    })
}

/// A page view binds the key again.
fn find_records(before: &State, steps: &mut Vec<Step>) {
    for owner in [1, 2] {
        let mut after = *before;
        if !before.record(owner).exists {
            after.bind(owner);
            steps.push(Step { label: "a page view binds the key", who: 0, after });
        }
    }
}
