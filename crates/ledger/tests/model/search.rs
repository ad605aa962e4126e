//! The search: every scenario without a flaw holds all invariants, and every flaw breaks one.

use std::time::Instant;

use stateright::{Checker, HasDiscoveries, Model};

use crate::{
    flaws, invariants, scenarios,
    system::{Scenario, Step},
};

/// An invariant that does not hold, with the steps that break it.
type Broken = (&'static str, String);

/// Searches the states of the scenario, until `end` is found. Prints how many there are.
fn search(name: &str, scenario: Scenario, end: HasDiscoveries) -> Option<Broken> {
    let began = Instant::now();
    let wanted = end.clone();
    let is_end = |broken: &str| match &wanted {
        HasDiscoveries::AnyOf(names) => names.contains(broken),
        _ => true,
    };
    let checker = scenario.checker().finish_when(end).spawn_bfs().join();
    let states = checker.unique_state_count();
    println!("{name}: {states} states, {:.1} s", began.elapsed().as_secs_f64());
    let found = checker.discoveries().into_iter().find(|(broken, _)| is_end(broken));
    let (broken, path) = found?;
    let mut steps = String::new();
    for (state, step) in path.into_vec() {
        let step = step.map(|Step { label, who, .. }| format!("{who} {label}"));
        steps.push_str(&format!("{state:?}\n  {}\n", step.unwrap_or_default()));
    }
    Some((broken, steps))
}

#[test]
fn every_scenario_holds_every_invariant() {
    hold(scenarios::all());
}

#[test]
#[ignore = "larger bounds take long; docs/ledger.md has the command"]
fn every_larger_scenario_holds_every_invariant() {
    hold(scenarios::larger());
}

fn hold(scenarios: Vec<(&'static str, Scenario)>) {
    let mut failed = Vec::new();
    for (name, scenario) in scenarios {
        if let Some((broken, steps)) = search(name, scenario, HasDiscoveries::AnyFailures) {
            println!("{name}: {broken}\n{steps}");
            failed.push((name, broken));
        }
    }
    assert!(failed.is_empty(), "{failed:?}");
}

#[test]
fn every_flaw_is_found() {
    let mut missed = Vec::new();
    for (flaw, name, invariant) in flaws::ALL {
        let scenario = Scenario { flaw: Some(flaw), ..scenarios::named(name) };
        let end = HasDiscoveries::AnyOf([invariant].into());
        if search(&format!("{flaw:?} in {name}"), scenario, end).is_none() {
            missed.push(flaw);
        }
    }
    assert!(missed.is_empty(), "{missed:?}");
}

#[test]
fn every_invariant_is_broken_by_a_flaw() {
    let broken: Vec<&str> = flaws::ALL.iter().map(|(_, _, invariant)| *invariant).collect();
    for property in invariants::properties() {
        assert!(broken.contains(&property.name), "no flaw breaks {:?}", property.name);
    }
}
