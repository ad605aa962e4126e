//! The command line: runs many seeds, or shows one.
//!
//! Every run has a process of its own: tokio seeds the generator by which it wakes the receivers of
//! a channel with the number of runtimes that the process had before.

use std::{
    collections::BTreeMap,
    env::current_exe,
    io::{Write, stdout},
    process::{Command, ExitCode, Stdio},
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    thread,
};

use crate::{
    plan::Plan,
    regressions::{self, Regression},
    run::run,
    shrink::{Kept, shrink},
};

/// The seeds whose schedules are compared when there are no arguments.
const REPEATED_SEEDS: [u64; 3] = [1, 2, 3];

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
    /// Only seeds with no other kinds of trouble.
    kinds: Option<Vec<String>>,
    /// Show no schedule.
    terse: bool,
    /// Run one seed in this process, and print the hash and what did not hold.
    one: Option<u64>,
    /// What is kept of that seed's plan.
    kept: Option<Kept>,
}

/// Runs the seeds that the arguments name: `--seeds N`, `--from S`, `--failures N`, `--kinds
/// A,B`, `--shrink`, `--full`, `--terse`. Without seeds it checks that a seed repeats, and the
/// regressions.
#[must_use]
pub fn main(arguments: impl Iterator<Item = String>) -> ExitCode {
    let options = Options::of(arguments);
    if let Some(seed) = options.one {
        return one(seed, options.kept.as_ref());
    }
    if options.seeds == 0 {
        return test();
    }
    let failed = search(&options);
    say(&format!("{} seeds from {}, {} failed", options.seeds, options.from, failed.len()));
    let Some((seed, invariants)) = failed.first_key_value() else { return ExitCode::SUCCESS };
    if !options.terse {
        show(&options, *seed, invariants.first().map_or("", String::as_str));
    }
    ExitCode::FAILURE
}

/// Runs a seed in this process.
fn one(seed: u64, kept: Option<&Kept>) -> ExitCode {
    let plan = Plan::of(seed);
    let outcome = run(&kept.map_or_else(|| plan.clone(), |kept| kept.of(&plan)));
    say(&outcome.trace.hash().to_string());
    outcome.violations.iter().for_each(|violation| say(violation.invariant));
    ExitCode::SUCCESS
}

/// Runs a seed in a process of its own. Returns the hash of the schedule and what did not hold.
fn apart(seed: u64, kept: Option<&Kept>) -> (String, Vec<String>) {
    let mut command = Command::new(current_exe().expect("the path of this program"));
    command.args(["--one", &seed.to_string()]).stderr(Stdio::null());
    if let Some(Kept { steps, troubles }) = kept {
        command.args(["--keep", &numbers(steps), &numbers(troubles)]);
    }
    let output = command.output().expect("a process");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let mut lines = text.lines().map(str::to_owned);
    let hash = lines.next().unwrap_or_default();
    let mut invariants: Vec<String> = lines.collect();
    if !output.status.success() {
        invariants.push("a run does not panic".to_owned());
    }
    invariants.sort_unstable();
    invariants.dedup();
    (hash, invariants)
}

/// Checks that a seed gives the same schedule twice, and that no regression fails.
fn test() -> ExitCode {
    let differs = |seed: &u64| apart(*seed, None).0 != apart(*seed, None).0;
    let mut code = ExitCode::SUCCESS;
    if let Some(seed) = REPEATED_SEEDS.iter().find(|seed| differs(seed)) {
        say(&format!("seed {seed} gave two schedules"));
        code = ExitCode::FAILURE;
    }
    for Regression { name, plan } in regressions::all() {
        let outcome = run(&plan);
        if !outcome.violations.is_empty() {
            say(&format!("\n{name}:\n{plan}\n{}", outcome.trace));
            outcome.violations.iter().for_each(|violation| say(&violation.to_string()));
            code = ExitCode::FAILURE;
        }
    }
    code
}

/// Runs the seeds on all cores. Returns the failed ones, each with the invariants.
fn search(options: &Options) -> BTreeMap<u64, Vec<String>> {
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
                    let kinds = Plan::of(seed).kinds;
                    let is_asked = |kind| options.kinds.as_ref().is_none_or(|it| it.contains(kind));
                    if !kinds.iter().all(is_asked) {
                        continue;
                    }
                    let (_, invariants) = apart(seed, None);
                    if !invariants.is_empty() {
                        say(&format!("seed {seed} {kinds:?}: {}", invariants.join(", ")));
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
    let mut plan = Plan::of(seed);
    if options.shrink {
        let fails = |kept: &Kept| apart(seed, Some(kept)).1.iter().any(|it| it == invariant);
        plan = shrink(Kept::all_of(&plan), fails).of(&plan);
    }
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

fn numbers(numbers: &[usize]) -> String {
    numbers.iter().map(ToString::to_string).collect::<Vec<_>>().join(",")
}

fn parsed(numbers: Option<String>) -> Vec<usize> {
    numbers.unwrap_or_default().split(',').filter_map(|it| it.parse().ok()).collect()
}

impl Options {
    fn of(mut arguments: impl Iterator<Item = String>) -> Self {
        let mut options = Self { failures: usize::MAX, ..Self::default() };
        let number = |text: Option<String>| text.and_then(|it| it.parse().ok()).unwrap_or_default();
        while let Some(argument) = arguments.next() {
            match argument.as_str() {
                "--seeds" => options.seeds = number(arguments.next()),
                "--from" => options.from = number(arguments.next()),
                "--one" => options.one = Some(number(arguments.next())),
                "--keep" => {
                    let steps = parsed(arguments.next());
                    options.kept = Some(Kept { steps, troubles: parsed(arguments.next()) });
                }
                "--failures" => {
                    options.failures = usize::try_from(number(arguments.next())).unwrap_or(1);
                }
                "--kinds" => {
                    let kinds = arguments.next().unwrap_or_default();
                    options.kinds = Some(kinds.split(',').map(str::to_owned).collect());
                }
                "--shrink" => options.shrink = true,
                "--full" => options.full = true,
                "--terse" => options.terse = true,
                // `cargo test` passes its own arguments to every test program.
                _ => {}
            }
        }
        options
    }
}
