//! Progress messages. They go to stderr: stdout is for the output of the program that is run.

use std::io::Write as _;
use std::time::{Duration, Instant};

use anyhow::Result;

/// Prints a line.
pub(crate) fn note(text: &str) {
    // A build goes on when the terminal is closed.
    let _ = writeln!(std::io::stderr(), "{text}");
}

/// Prints the result of the task to stdout.
pub(crate) fn result(text: &str) {
    let _ = writeln!(std::io::stdout(), "{text}");
}

/// Prints why the task failed, each cause on its own line.
pub(crate) fn failure(error: &anyhow::Error) {
    note(&format!("error: {error}"));
    for cause in error.chain().skip(1) {
        note(&format!("  because {cause}"));
    }
}

/// Does a piece of work. Prints its name before it and its duration after it.
pub(crate) fn timed<T>(what: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
    note(&format!("==> {what}"));
    let start = Instant::now();
    let result = work()?;
    note(&format!("    {what}: {}", seconds(start.elapsed())));
    Ok(result)
}

/// A duration for people: `0.4 s`, `12.0 s`, `3 min 05 s`.
pub(crate) fn seconds(duration: Duration) -> String {
    let whole = duration.as_secs();
    if whole < 60 {
        format!("{:.1} s", duration.as_secs_f64())
    } else {
        format!("{} min {:02} s", whole / 60, whole % 60)
    }
}
