//! The transition system: what a scenario consists of, and every step that can come next.

use stateright::{Model, Property};

use crate::{
    api::Reply,
    extend,
    flaws::Flaw,
    invariants, launch, operator, remove,
    state::{
        Answer, Budget, Held, Object, Owner, Pc, Phase, REQUESTS, Record, Request, Seats, Slot,
        State, Template,
    },
    world,
};

/// What a request asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Launch,
    Remove,
    Extend,
}

/// A request of a scenario.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Call {
    pub(crate) kind: Kind,
    pub(crate) owner: Owner,
    pub(crate) template: Template,
    /// The request whose end it waits for.
    pub(crate) after: Option<usize>,
}

/// A scenario, with the bounds of what can happen in it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Scenario {
    pub(crate) calls: Vec<Call>,
    /// How many warm members the pool has, at most two.
    pub(crate) members: u8,
    /// How many operators believe that they lead: one, and perhaps a deposed one.
    pub(crate) operators: usize,
    pub(crate) quota: usize,
    pub(crate) budget: Budget,
    /// Whether claims choose from a cache that lags.
    pub(crate) stale_members: bool,
    /// Whether the pool deletes surplus members.
    pub(crate) shrinks: bool,
    /// How many seats one request writes at most. The search does not go on after that.
    pub(crate) max_seats: u8,
    /// Whether an operator also begins to sweep a seat that has nothing to sweep yet.
    pub(crate) eager: bool,
    pub(crate) flaw: Option<Flaw>,
}

/// A step, with the state after it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Step {
    pub(crate) label: &'static str,
    /// The number of the request or of the operator.
    pub(crate) who: usize,
    pub(crate) after: State,
}

/// Collects the steps of one request.
pub(crate) struct Steps<'a> {
    pub(crate) scenario: &'a Scenario,
    pub(crate) before: &'a State,
    pub(crate) number: usize,
    pub(crate) steps: &'a mut Vec<Step>,
}

impl Steps<'_> {
    pub(crate) fn call(&self) -> Call {
        self.scenario.calls[self.number]
    }

    pub(crate) fn request(&self) -> Request {
        self.before.requests[self.number]
    }

    pub(crate) fn has(&self, flaw: Flaw) -> bool {
        self.scenario.flaw == Some(flaw)
    }

    /// Adds a step to `state`, after which the request is as `change` makes it.
    pub(crate) fn go(
        &mut self,
        label: &'static str,
        mut state: State,
        change: impl FnOnce(&mut Request),
    ) {
        change(&mut state.requests[self.number]);
        self.steps.push(Step { label, who: self.number, after: state });
    }

    /// Adds a step that ends the request.
    pub(crate) fn end(&mut self, label: &'static str, mut state: State, answer: Answer) {
        invariants::check_answer(self.scenario, &mut state, self.number, answer);
        self.go(label, state, |it| *it = ended(answer, *it));
    }
}

fn ended(answer: Answer, request: Request) -> Request {
    Request { pc: Pc::Ended, answer, extended: request.extended, ..idle() }
}

/// A request that has not begun.
fn idle() -> Request {
    let record = Record { exists: true, uid: 0, written: true, seats: Seats::default() };
    Request {
        pc: Pc::Ended,
        held: Held { current: false, record },
        name: 0,
        seen: false,
        seat: None,
        seats_written: 0,
        reply: Reply::Done,
        deleted: false,
        cached: false,
        extended: false,
        saw_full: false,
        saw_none: false,
        answer: Answer::None,
    }
}

impl Scenario {
    fn first_state(&self) -> State {
        let mut requests = [idle(); REQUESTS];
        let mut owners = [0; REQUESTS];
        for (number, call) in self.calls.iter().enumerate() {
            requests[number].pc = Pc::Waiting;
            owners[number] = call.owner;
        }
        let member = Object {
            template: Template::Pool,
            owner: 0,
            phase: Phase::Live,
            overdue: false,
            extensions: 0,
            extended_by: 0,
            marked_by: None,
            record: 0,
            hour: 0,
        };
        let mut objects = [None; 6];
        objects[..usize::from(self.members)].fill(Some(member));
        let slots = [Slot::Idle; 2];
        State {
            records: [idle().held.record; 2],
            objects,
            requests,
            owners,
            slots,
            fresh: crate::state::FIRST_FRESH,
            hour: 0,
            budget: self.budget,
            removed: 0,
            wiped: 0,
            torn: 0,
            broken: None,
        }
    }

    /// Whether the request can take a step.
    fn can_go_on(&self, state: &State, number: usize) -> bool {
        let after = self.calls[number].after;
        match state.requests[number].pc {
            Pc::Ended => false,
            Pc::Waiting => after.is_none_or(|it| state.requests[it].pc == Pc::Ended),
            _ => true,
        }
    }

    fn requests(&self, state: &State, steps: &mut Vec<Step>) {
        for (number, call) in self.calls.iter().enumerate() {
            if !self.can_go_on(state, number) {
                continue;
            }
            let mut of = Steps { scenario: self, before: state, number, steps };
            match call.kind {
                Kind::Launch => launch::step(&mut of),
                Kind::Remove => remove::step(&mut of),
                Kind::Extend => extend::step(&mut of),
            }
            if state.budget.crashes > 0 && state.requests[number].pc != Pc::Waiting {
                let mut crashed = *state;
                crashed.budget.crashes -= 1;
                of.go("crashes", crashed, |it| *it = ended(Answer::Crashed, *it));
            }
        }
    }
}

impl Model for Scenario {
    type State = State;
    type Action = Step;

    fn init_states(&self) -> Vec<State> {
        vec![self.first_state()]
    }

    fn actions(&self, state: &State, steps: &mut Vec<Step>) {
        if state.broken.is_some() {
            return;
        }
        self.requests(state, steps);
        operator::steps(self, state, steps);
        world::steps(self, state, steps);
        for step in steps {
            invariants::observe(self, &mut step.after);
        }
    }

    fn next_state(&self, _: &State, step: Step) -> Option<State> {
        Some(step.after)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        invariants::properties()
    }
}
