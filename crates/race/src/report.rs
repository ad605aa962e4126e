//! What a run prints: a table of the storms, and the counts.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::{self, Display},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use harness::{Durations, Machine};

use crate::{
    history::{Call, Outcome},
    storm::Storm,
};

/// The number of breaches of one promise that are described.
const MAX_DESCRIPTIONS: usize = 10;

/// Promises, each with a description of every time that it was broken.
pub(crate) type Breaches = Vec<(&'static str, Vec<String>)>;

/// A number that several tasks count.
#[derive(Debug, Default, Clone)]
pub(crate) struct Counter(Arc<AtomicUsize>);

impl Counter {
    /// Adds one.
    pub(crate) fn add(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

impl Display for Counter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.load(Ordering::Relaxed).fmt(f)
    }
}

/// How often the replicas were disturbed.
#[derive(Debug, Default, Clone)]
pub(crate) struct Tally {
    /// Killed with SIGKILL.
    pub(crate) kills: Counter,
    /// Suspended.
    pub(crate) freezes: Counter,
    /// Ended by itself.
    pub(crate) exits: Counter,
}

impl Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { kills, freezes, exits } = self;
        write!(f, "{kills} replicas killed, {freezes} suspended, {exits} ended by themselves")
    }
}

/// The result of a run.
pub(crate) struct Report {
    /// The machine and the commit.
    pub(crate) machine: Machine,
    /// The seed of the choices.
    pub(crate) seed: u64,
    /// All requests.
    pub(crate) calls: Vec<Call>,
    /// How often the replicas were disturbed.
    pub(crate) tally: Tally,
    /// The promises.
    pub(crate) counts: Breaches,
    /// The memory and the open files of the replicas that nothing disturbed, as text.
    pub(crate) health: String,
}

impl Report {
    /// Whether no promise was broken.
    pub(crate) fn is_clean(&self) -> bool {
        self.counts.iter().all(|(_, breaches)| breaches.is_empty())
    }
}

impl Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}; seed {}; {}", self.machine, self.seed, self.tally)?;
        writeln!(f, "{} requests in {} s\n", self.calls.len(), duration(&self.calls).as_secs())?;
        writeln!(f, "| storm | requests | 2xx | refused | 5xx | no answer | p50 | p95 | max |")?;
        writeln!(f, "|---|---|---|---|---|---|---|---|---|")?;
        let storms: BTreeSet<Storm> = self.calls.iter().map(|call| call.storm).collect();
        for storm in storms {
            writeln!(f, "{}", row(storm, &self.calls))?;
        }
        writeln!(f, "\n| what must be 0 | count |\n|---|---|")?;
        for (what, breaches) in &self.counts {
            writeln!(f, "| {what} | {} |", breaches.len())?;
        }
        for (what, breaches) in self.counts.iter().filter(|(_, breaches)| !breaches.is_empty()) {
            writeln!(f, "\n{what}:")?;
            for breach in breaches.iter().take(MAX_DESCRIPTIONS) {
                writeln!(f, "- {breach}")?;
            }
        }
        write!(f, "\n{}", self.health)
    }
}

/// The time from the first request until the last answer.
fn duration(calls: &[Call]) -> Duration {
    let start = calls.iter().map(|call| call.start).min();
    let end = calls.iter().map(|call| call.end).max();
    start.zip(end).map(|(start, end)| end - start).unwrap_or_default()
}

fn row(storm: Storm, calls: &[Call]) -> String {
    let calls: Vec<&Call> = calls.iter().filter(|call| call.storm == storm).collect();
    let took: Durations = calls.iter().map(|call| call.end - call.start).collect();
    let (mut successes, mut failures, mut unknown) = (0, 0, 0);
    let mut refusals = BTreeMap::<u16, usize>::new();
    for call in &calls {
        match call.outcome {
            Outcome::Launched { .. } | Outcome::Extended { .. } | Outcome::Deleted => {
                successes += 1
            }
            Outcome::Refused(status) => *refusals.entry(status).or_default() += 1,
            Outcome::Failed(_) => failures += 1,
            Outcome::Unknown => unknown += 1,
        }
    }
    let refusals: Vec<_> = refusals.iter().map(|(status, n)| format!("{n} × {status}")).collect();
    let ms = |duration: Duration| format!("{} ms", duration.as_millis());
    let times = [took.p50(), took.p95(), took.max()].map(ms).join(" | ");
    let refusals = refusals.join(", ");
    let count = calls.len();
    format!("| {storm} | {count} | {successes} | {refusals} | {failures} | {unknown} | {times} |")
}
