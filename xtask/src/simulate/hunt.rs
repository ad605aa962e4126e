//! Looks for mutations: runs seeds until one fails that the unchanged code passes.

use std::collections::BTreeMap;
use std::fs;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::Instant;

use anyhow::{Result, anyhow, bail};

use super::mutations::{self, Mutation};
use super::program::Program;
use super::tree::Tree;
use crate::progress;
use crate::workspace::Workspace;

/// The first seed, as of `cargo xtask simulate`.
const FIRST_SEED: u64 = 1;

/// The seed that caught a mutation, and the invariants that failed.
type Catch = (u64, Vec<String>);

/// Looks for each mutation, or only for those of these names, in this many seeds.
pub(crate) fn run(workspace: &Workspace, only: &[String], seeds: u64) -> Result<()> {
    let mutations = chosen(mutations::read(&workspace.root)?, only)?;
    // Below the root, so that the copy has the workspace's configuration of cargo.
    let directory = workspace.root.join("target/mutations");
    let tree = Tree::of(workspace, directory.join("tree"))?;
    let target = directory.join("build");
    let built = progress::timed("build the unchanged code", || Program::build(&tree, &target))?;
    let baseline = Program(directory.join("baseline"));
    fs::copy(&built.0, &baseline.0)?;

    let mut rows = BTreeMap::new();
    let mut failures = 0;
    for (number, mutation) in in_order_of_crates(&mutations) {
        let began = Instant::now();
        let originals = tree.apply(mutation)?;
        let caught = Program::build(&tree, &target)
            .and_then(|mutant| first_catch(&mutant, &baseline, seeds));
        tree.restore(originals)?;
        failures += u32::from(!matches!(caught, Ok(Some(_))));
        let row = row(mutation, &caught, seeds);
        progress::note(&format!("{row} {}", progress::seconds(began.elapsed())));
        rows.insert(number, row);
    }
    progress::result("| mutation | invariant | caught by | seeds needed |\n|---|---|---|---|");
    rows.values().for_each(|row| progress::result(row));
    if failures == 0 { Ok(()) } else { bail!("{failures} mutations are not caught") }
}

/// The mutations of these names; all of them if there are no names.
fn chosen(mutations: Vec<Mutation>, only: &[String]) -> Result<Vec<Mutation>> {
    if let Some(name) = only.iter().find(|name| !mutations.iter().any(|it| it.name == **name)) {
        bail!("there is no mutation {name}");
    }
    Ok(mutations.into_iter().filter(|it| only.is_empty() || only.contains(&it.name)).collect())
}

/// The mutations with their numbers. Two of one crate follow each other: cargo then builds the
/// crates that depend on it once for the change back and the next change.
fn in_order_of_crates(mutations: &[Mutation]) -> Vec<(usize, &Mutation)> {
    let mut order: Vec<_> = mutations.iter().enumerate().collect();
    order.sort_by_key(|(_, mutation)| mutation.edits.first().map(|edit| &edit.file));
    order
}

/// The first seed that fails with the mutant and not with the baseline. All cores run seeds; no
/// seed before the returned one is left out.
fn first_catch(mutant: &Program, baseline: &Program, seeds: u64) -> Result<Option<Catch>> {
    let next = AtomicU64::new(FIRST_SEED);
    let first: Mutex<Option<Catch>> = Mutex::new(None);
    let lock = || first.lock().unwrap_or_else(PoisonError::into_inner);
    let work = || {
        loop {
            let seed = next.fetch_add(1, Ordering::Relaxed);
            let is_over = lock().as_ref().is_some_and(|(caught, _)| *caught < seed);
            if is_over || seed >= FIRST_SEED + seeds {
                return Ok(());
            }
            let failed = mutant.run(seed)?;
            if failed.is_empty() || !baseline.run(seed)?.is_empty() {
                continue;
            }
            let mut first = lock();
            if first.as_ref().is_none_or(|(caught, _)| seed < *caught) {
                *first = Some((seed, failed));
            }
        }
    };
    thread::scope(|scope| {
        let workers = thread::available_parallelism().map_or(1, usize::from);
        let workers: Vec<_> = (0..workers).map(|_| scope.spawn(work)).collect();
        let ends = workers.into_iter().map(|it| it.join().map_err(|_| anyhow!("a panic"))?);
        ends.collect::<Result<Vec<()>>>()
    })?;
    Ok(first.into_inner().unwrap_or_else(PoisonError::into_inner))
}

fn row(mutation: &Mutation, caught: &Result<Option<Catch>>, seeds: u64) -> String {
    let numbers: Vec<String> = mutation.invariants.iter().map(ToString::to_string).collect();
    let (by, needed) = match caught {
        Ok(Some((seed, invariants))) => {
            let names: Vec<String> = invariants.iter().map(|it| format!("`{it}`")).collect();
            (names.join(", "), (seed + 1 - FIRST_SEED).to_string())
        }
        Ok(None) => ("**nothing**".to_owned(), format!("more than {seeds}")),
        Err(error) => (format!("**{error:#}**"), "–".to_owned()),
    };
    format!("| `{}` | {} | {by} | {needed} |", mutation.name, numbers.join(", "))
}
