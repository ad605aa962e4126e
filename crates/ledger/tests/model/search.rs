//! The search: every scenario without a flaw holds all invariants, and every flaw breaks one.

use std::time::Instant;

use stateright::{Checker, HasDiscoveries, Model};

use crate::{
    flaws::Flaw,
    scenarios,
    system::{Scenario, Step},
};

/// Searches every state of the scenario. Returns the invariant that does not hold, with the steps
/// that break it.
fn search(name: &str, scenario: Scenario) -> Option<(&'static str, String)> {
    let began = Instant::now();
    let checker = scenario.checker().finish_when(HasDiscoveries::AnyFailures).spawn_bfs().join();
    let states = checker.unique_state_count();
    println!("{name}: {states} states, {:.1} s", began.elapsed().as_secs_f64());
    let (broken, path) = checker.discoveries().into_iter().next()?;
    let steps = path.into_vec().into_iter().map(|(state, step)| {
        let step = step.map(|Step { label, who, .. }| format!("{who}: {label}"));
        format!("{state:?}\n  {}\n", step.unwrap_or_default())
    });
    Some((broken, steps.collect()))
}

#[track_caller]
fn holds(name: &str) {
    if let Some((broken, steps)) = search(name, scenarios::named(name)) {
        panic!("{name}: {broken}\n{steps}");
    }
}

#[test]
fn every_scenario_holds_every_invariant() {
    let only = std::option_env!("MODEL_SCENARIO");
    let mut failed = Vec::new();
    for (name, scenario) in scenarios::all() {
        if only.is_none_or(|it| it == name) {
            if let Some((broken, steps)) = search(name, scenario) {
                println!("{name}: {broken}\n{steps}");
                failed.push(name);
            }
        }
    }
    assert!(failed.is_empty(), "{failed:?}");
}
