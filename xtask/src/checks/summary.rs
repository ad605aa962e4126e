//! The table of results at the end of a run.

use std::fmt::Write as _;
use std::io::Write as _;
use std::time::Duration;

use anyhow::{Context, Result};

use super::Outcome;
use crate::progress;

/// The result of one step.
pub(crate) struct Row {
    pub(crate) name: String,
    pub(crate) result: Result<Outcome>,
    pub(crate) took: Duration,
    /// The free space of the disk after the step, in bytes; `None` where that is unknown.
    pub(crate) free: Option<u64>,
}

/// Prints the table and, as the last line, the counts.
pub(crate) fn print(rows: &[Row]) -> Result<()> {
    let mut stdout = std::io::stdout();
    stdout.write_all(table(rows).as_bytes()).context("could not print the summary")
}

fn table(rows: &[Row]) -> String {
    let mut text = String::from("\n");
    let (mut passed, mut failed, mut skipped) = (0, 0, 0);
    for row in rows {
        let (word, remark) = match &row.result {
            Ok(Outcome::Passed(remark)) => (count(&mut passed, "passed"), remark.clone()),
            Ok(Outcome::Skipped(reason)) => (count(&mut skipped, "skipped"), reason.clone()),
            Err(error) => (count(&mut failed, "FAILED"), error.to_string()),
        };
        let took = progress::seconds(row.took);
        let free = row.free.map(gigabytes).unwrap_or_default();
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{:<12} {word:<8} {took:>12} {free:>12}   {remark}", row.name);
    }
    let total = progress::seconds(rows.iter().map(|row| row.took).sum());
    let _ = writeln!(text, "{:<12} {:<8} {total:>12}\n", "all", "");
    let _ = writeln!(text, "{passed} passed, {failed} failed, {skipped} skipped");
    text
}

fn gigabytes(bytes: u64) -> String {
    format!("{} GB free", bytes / 1_000_000_000)
}

fn count(counter: &mut u32, word: &'static str) -> &'static str {
    *counter += 1;
    word
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_line_counts_every_outcome() {
        let row = |name: &str, result| Row {
            name: name.to_owned(),
            result,
            took: Duration::from_millis(1500),
            free: Some(12_900_000_000),
        };
        let rows = [
            row("fmt", Ok(Outcome::passed())),
            row("deny", Ok(Outcome::Skipped("not installed".to_owned()))),
            row("test", Err(anyhow::anyhow!("two tests failed"))),
        ];
        let table = table(&rows);
        assert!(
            table.contains("test         FAILED          1.5 s   12 GB free   two tests failed"),
            "{table}"
        );
        assert!(table.ends_with("\n1 passed, 1 failed, 1 skipped\n"), "{table}");
    }
}
