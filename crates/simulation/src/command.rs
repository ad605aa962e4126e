//! The command line: runs many seeds, or shows one.

use std::{
    collections::BTreeMap,
    io::{Write, stdout},
    process::ExitCode,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    thread,
};

use crate::{plan::Plan, run::run, shrink::shrink};

/// What the command line asks for.
#[derive(Debug, Default)]
struct Options {
    /// The first seed.
    from: u64,
    /// The number of seeds.
    seeds: u64,
    /// How many failures end the search.
    failures: usize,
    /// Show the whole schedule, with its reads.
    full: bool,
    /// Shrink the first failure.
    shrink: bool,
}

/// Runs the seeds that the arguments name: `--seeds N`, `--from S`, `--failures N`, `--shrink`,
/// `--full`.
#[must_use]
pub fn main(arguments: impl Iterator<Item = String>) -> ExitCode {
    let options = Options::of(arguments);
    if options.seeds == 0 {
        return ExitCode::SUCCESS;
    }
    let failed = search(&options);
    say(&format!("{} seeds from {}, {} failed", options.seeds, options.from, failed.len()));
    let mut by_invariant: BTreeMap<&str, Vec<u64>> = BTreeMap::new();
    for (seed, invariants) in &failed {
        for invariant in invariants {
            by_invariant.entry(*invariant).or_default().push(*seed);
        }
    }
    for (invariant, seeds) in by_invariant {
        say(&format!("  {invariant}: {} seeds, {:?}", seeds.len(), &seeds[..seeds.len().min(8)]));
    }
    let Some((seed, invariants)) = failed.first_key_value() else { return ExitCode::SUCCESS };
    show(&options, *seed, invariants.first().copied().unwrap_or_default());
    ExitCode::FAILURE
}

/// Runs the seeds on all cores. Returns the failed ones, each with the invariants.
fn search(options: &Options) -> BTreeMap<u64, Vec<&'static str>> {
    let (next, failed) = (AtomicU64::new(options.from), Mutex::new(BTreeMap::new()));
    let end = options.from + options.seeds;
    let workers = thread::available_parallelism().map_or(1, usize::from);
    let lock = || failed.lock().unwrap_or_else(PoisonError::into_inner);
    thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| {
                loop {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed >= end || lock().len() >= options.failures {
                        return;
                    }
                    let mut invariants: Vec<&'static str> =
                        run(&Plan::of(seed)).violations.iter().map(|it| it.invariant).collect();
                    invariants.dedup();
                    if !invariants.is_empty() {
                        lock().insert(seed, invariants);
                    }
                }
            });
        }
    });
    failed.into_inner().unwrap_or_else(PoisonError::into_inner)
}

/// Prints the plan and the schedule of a failed seed.
fn show(options: &Options, seed: u64, invariant: &str) {
    let plan = Plan::of(seed);
    let plan = if options.shrink { shrink(&plan, invariant) } else { plan };
    let outcome = run(&plan);
    say(&format!("\n{plan}"));
    let trace = &outcome.trace;
    say(&if options.full { trace.full() } else { trace.to_string() });
    for violation in &outcome.violations {
        say(&violation.to_string());
    }
    say(&format!("\nagain: cargo xtask simulate --from {seed} --seeds 1 --shrink"));
}

fn say(text: &str) {
    // A closed pipe, as of `head`, is no failure of the simulation.
    let _ = writeln!(stdout(), "{text}");
}

impl Options {
    fn of(mut arguments: impl Iterator<Item = String>) -> Self {
        let mut options = Self { failures: usize::MAX, ..Self::default() };
        let number = |text: Option<String>| text.and_then(|it| it.parse().ok()).unwrap_or_default();
        while let Some(argument) = arguments.next() {
            match argument.as_str() {
                "--seeds" => options.seeds = number(arguments.next()),
                "--from" => options.from = number(arguments.next()),
                "--failures" => {
                    options.failures = usize::try_from(number(arguments.next())).unwrap_or(1);
                }
                "--shrink" => options.shrink = true,
                "--full" => options.full = true,
                // `cargo test` passes its own arguments to every test program.
                _ => {}
            }
        }
        options
    }
}
