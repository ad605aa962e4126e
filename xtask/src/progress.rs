//! What the person at the terminal sees while the work goes on. All of it goes to stderr, so that
//! stdout stays the output of the program that is run.

use std::io::Write as _;
use std::time::{Duration, Instant};

use anyhow::Result;

/// Says one thing.
pub(crate) fn note(text: &str) {
    // A closed terminal is no reason to stop a build.
    let _ = writeln!(std::io::stderr(), "{text}");
}

/// What the task was asked for, on stdout.
pub(crate) fn result(text: &str) {
    let _ = writeln!(std::io::stdout(), "{text}");
}

/// Says why the task could not be done, each cause on a line of its own.
pub(crate) fn failure(error: &anyhow::Error) {
    note(&format!("error: {error}"));
    for cause in error.chain().skip(1) {
        note(&format!("  because {cause}"));
    }
}

/// Does a piece of work between two lines that say what it is and how long it took.
pub(crate) fn timed<T>(what: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
    note(&format!("==> {what}"));
    let start = Instant::now();
    let result = work()?;
    note(&format!("    {what}: {}", seconds(start.elapsed())));
    Ok(result)
}

/// A duration as people read it: `0.4 s`, `12.0 s`, `3 min 05 s`.
pub(crate) fn seconds(duration: Duration) -> String {
    let whole = duration.as_secs();
    if whole < 60 {
        format!("{:.1} s", duration.as_secs_f64())
    } else {
        format!("{} min {:02} s", whole / 60, whole % 60)
    }
}
