//! The invariants, checked after a run against the store and against what people were answered.

mod extends;
mod matching;
mod namespaces;
mod pools;
mod promises;
mod queues;
mod quota;
pub(crate) mod rest;
mod seats;

use std::fmt;

use crate::{
    history::{Asked, History},
    plan::{PEOPLE, Plan},
    record::{Recorded, Recorder},
};

/// How wrong two clocks may be together, in milliseconds, with a second for rounding.
const MAX_SKEW: u64 = 11_000;

/// Something that did not hold.
#[derive(Debug, Clone)]
pub struct Violation {
    /// The invariant, in a few words.
    pub invariant: &'static str,
    /// What happened instead.
    pub text: String,
}

impl Violation {
    pub(crate) fn of(invariant: &'static str, text: impl Into<String>) -> Self {
        Self { invariant, text: text.into() }
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.invariant, self.text)
    }
}

/// Everything that happened.
struct Past<'a> {
    plan: &'a Plan,
    recorded: &'a Recorded,
    history: &'a History,
    asked: Vec<Asked>,
}

/// Checks what holds at every moment.
pub(crate) fn over_time(plan: &Plan, recorder: &Recorder, history: &History) -> Vec<Violation> {
    let recorded = recorder.seen();
    let past = Past { plan, recorded: &recorded, history, asked: history.all() };
    let mut violations = quota::check(&past);
    violations.extend(promises::check(&past));
    violations.extend(extends::check(&past));
    violations.extend(pools::check(&past));
    violations.extend(queues::check(&past));
    violations.extend(seats::check(&past));
    violations.extend(namespaces::check(&past));
    violations.extend(past.asked.iter().enumerate().filter_map(|(number, asked)| {
        let hangs = asked.answer.is_none() && !asked.is_abandoned;
        hangs.then(|| Violation::of("requests end", format!("#{number} was never answered")))
    }));
    violations
}

/// Whether a person may act for the owner.
fn acts_for(who: &str, owner: &str) -> bool {
    PEOPLE.iter().any(|(person, team)| *person == who && (owner == who || owner == *team))
}
