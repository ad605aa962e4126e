//! The invariants of docs/ledger.md, checked in every state.

use stateright::Property;

use crate::{
    operator,
    state::{Answer, Name, Object, Owner, Pc, Phase, Slot, State},
    system::{Call, Kind, Scenario},
};

type Check = fn(&Scenario, &State) -> bool;

/// The invariants that a look at one state decides.
const OF_A_STATE: [(&str, Check); 6] = [
    ("one seat per template", one_seat_per_template),
    ("seats within the quota", seats_within_the_quota),
    ("environments within the quota", environments_within_the_quota),
    ("one environment per template", one_environment_per_template),
    ("every environment has a seat", every_environment_has_a_seat),
    ("at rest seats are environments", at_rest_seats_are_environments),
];

/// The invariants that a step can break; the step says so in [`State::broken`].
const OF_A_STEP: [(&str, Check); 10] = [
    ("acknowledged until its end", |_, it| it.broken != Some("acknowledged until its end")),
    ("no member to two owners", |_, it| it.broken != Some("no member to two owners")),
    ("a launch returns what lives", |_, it| it.broken != Some("a launch returns what lives")),
    ("a refusal is true", |_, it| it.broken != Some("a refusal is true")),
    ("a 404 is true", |_, it| it.broken != Some("a 404 is true")),
    ("one remove succeeds", |_, it| it.broken != Some("one remove succeeds")),
    ("a removal is told", |_, it| it.broken != Some("a removal is told")),
    ("an extension counts once", |_, it| it.broken != Some("an extension counts once")),
    ("an extension is kept", |_, it| it.broken != Some("an extension is kept")),
    ("a launch never fences its own seat", |_, it| {
        it.broken != Some("a launch never fences its own seat")
    }),
];

pub(crate) fn properties() -> Vec<Property<Scenario>> {
    let all = OF_A_STATE.iter().chain(&OF_A_STEP);
    all.map(|(name, check)| Property::always(name, *check)).collect()
}

const OWNERS: [Owner; 2] = [1, 2];

fn has_record(state: &State, owner: Owner) -> bool {
    state.record(owner).exists
}

fn one_seat_per_template(_: &Scenario, state: &State) -> bool {
    state.records.iter().all(|record| {
        let templates: Vec<_> = record.seats.iter().map(|seat| seat.template).collect();
        templates.windows(2).all(|pair| pair[0] != pair[1])
    })
}

fn seats_within_the_quota(scenario: &Scenario, state: &State) -> bool {
    state.records.iter().all(|record| record.seats.iter().count() <= scenario.quota)
}

fn environments_within_the_quota(scenario: &Scenario, state: &State) -> bool {
    let counts = |(name, it): &(Name, Object)| !it.overdue && counts(scenario, state, *name);
    let within = |owner| state.living(owner).filter(counts).count() <= scenario.quota;
    OWNERS.into_iter().all(|owner| is_torn(state, owner) || within(owner))
}

fn before_deadline(state: &State, owner: Owner) -> impl Iterator<Item = (Name, Object)> + '_ {
    state.living(owner).filter(|(_, it)| !it.overdue)
}

/// Whether an environment counts. A writer that was suspended finds out after its create that its
/// seat is too old. Nobody was told of that environment, and the operator deletes it as an orphan.
fn counts(scenario: &Scenario, state: &State, name: Name) -> bool {
    scenario.budget.hours == 0 || state.is_acknowledged(name)
}

fn one_environment_per_template(scenario: &Scenario, state: &State) -> bool {
    OWNERS.into_iter().filter(|owner| !is_torn(state, *owner)).all(|owner| {
        let mut templates: Vec<_> = state
            .living(owner)
            .filter(|(name, _)| counts(scenario, state, *name))
            .map(|(_, it)| it.template)
            .collect();
        templates.sort_unstable();
        templates.windows(2).all(|pair| pair[0] != pair[1])
    })
}

/// Whether the owner's record was lost while a launch was under way: its environment and that of a
/// launch on the next record can both come.
fn is_torn(state: &State, owner: Owner) -> bool {
    state.torn & (1 << owner) != 0
}

/// Whether the seats of the owner's environments can be expected: nobody deleted the record.
fn is_intact(state: &State, owner: Owner) -> bool {
    state.wiped & (1 << owner) == 0
}

fn every_environment_has_a_seat(scenario: &Scenario, state: &State) -> bool {
    OWNERS.into_iter().filter(|owner| is_intact(state, *owner)).all(|owner| {
        let seats = state.record(owner).seats;
        let mut living = state.living(owner).filter(|(name, _)| counts(scenario, state, *name));
        living.all(|(name, _)| seats.naming(name).is_some())
    })
}

/// Nobody is at work, and the operator has nothing to do.
fn is_at_rest(scenario: &Scenario, state: &State) -> bool {
    let is_idle = |slot: &Slot| *slot == Slot::Idle;
    state.requests.iter().all(|it| it.pc == Pc::Ended)
        && state.slots.iter().all(is_idle)
        && !operator::is_due(scenario, state)
}

fn at_rest_seats_are_environments(scenario: &Scenario, state: &State) -> bool {
    if !is_at_rest(scenario, state) {
        return true;
    }
    OWNERS.into_iter().filter(|it| has_record(state, *it) && !is_torn(state, *it)).all(|owner| {
        let mut seats: Vec<_> = state.record(owner).seats.iter().map(|seat| seat.name).collect();
        seats.sort_unstable();
        seats == state.living(owner).map(|(name, _)| name).collect::<Vec<_>>()
    })
}

/// Notes for each request under way what it may truthfully answer.
pub(crate) fn observe(scenario: &Scenario, state: &mut State) {
    for (number, call) in scenario.calls.iter().enumerate() {
        if matches!(state.requests[number].pc, Pc::Ended | Pc::Waiting) {
            continue;
        }
        let is_full = is_full(scenario, state, call.owner);
        let has_none = has_none(state, *call);
        let request = &mut state.requests[number];
        request.saw_full |= is_full && call.kind == Kind::Launch;
        request.saw_none |= has_none && call.kind != Kind::Launch;
    }
    check_removals(scenario, state);
}

fn is_full(scenario: &Scenario, state: &State, owner: Owner) -> bool {
    let seats = state.record(owner).seats;
    let unseated = state.living(owner).filter(|(name, _)| seats.naming(*name).is_none()).count();
    seats.iter().count() + unseated >= scenario.quota
}

fn has_none(state: &State, call: Call) -> bool {
    !before_deadline(state, call.owner).any(|(_, it)| it.template == call.template)
}

/// Checks an answer against the state in which it is given, and against what was true since the
/// request began.
pub(crate) fn check_answer(scenario: &Scenario, state: &mut State, number: usize, answer: Answer) {
    let (call, request) = (scenario.calls[number], state.requests[number]);
    match answer {
        Answer::Got(name) => {
            let is_own =
                |it: Object| it.owner == call.owner && it.phase == Phase::Live && !it.overdue;
            if !state.object(name).is_some_and(is_own) {
                state.breaks("a launch returns what lives");
            }
        }
        Answer::QuotaReached => {
            if !request.saw_full && !is_full(scenario, state, call.owner) {
                state.breaks("a refusal is true");
            }
        }
        Answer::NotFound => {
            // Without its record, an environment waits for the next page view.
            let is_intact = is_intact(state, call.owner);
            if is_intact && !request.saw_none && !has_none(state, call) {
                state.breaks("a 404 is true");
            }
        }
        Answer::Removed(name) => {
            let lived = state.removed & (1 << name) != 0;
            if lived && state.requests.iter().any(|it| it.answer == Answer::Removed(name)) {
                state.breaks("one remove succeeds");
            }
        }
        Answer::Extended(name) => check_extension(state, name),
        Answer::None
        | Answer::Crashed
        | Answer::FoundGone(_)
        | Answer::PoolEmpty
        | Answer::Unknown => {}
    }
}

/// Every extension that was acknowledged is in the count.
fn check_extension(state: &mut State, name: Name) {
    let told = state.requests.iter().filter(|it| it.answer == Answer::Extended(name)).count() + 1;
    let counted = state.object(name).map(|it| usize::from(it.extensions));
    if counted.is_some_and(|counted| counted < told) {
        state.breaks("an extension is kept");
    }
}

/// An environment that removes deleted was told to one of them, unless one does not know.
fn check_removals(scenario: &Scenario, state: &mut State) {
    if state.removed == 0 || state.requests.iter().any(|it| it.pc != Pc::Ended) {
        return;
    }
    let removes = scenario.calls.iter().zip(&state.requests);
    let answers: Vec<Answer> =
        removes.filter(|(call, _)| call.kind == Kind::Remove).map(|(_, it)| it.answer).collect();
    let is_unknown = answers.iter().any(|it| matches!(it, Answer::Crashed | Answer::Unknown));
    let is_told = answers.iter().any(|it| matches!(it, Answer::Removed(_) | Answer::FoundGone(_)));
    if !is_unknown && !is_told {
        state.breaks("a removal is told");
    }
}
