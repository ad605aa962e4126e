//! The simulation on a fixed set of seeds.

use anyhow::Result;

use super::Outcome;
use crate::simulate;
use crate::workspace::Workspace;

/// How many seeds run.
const SEEDS: u64 = 1_000;
/// How many failures end the step.
const MAX_FAILURES: u64 = 3;

pub(crate) fn check(workspace: &Workspace) -> Result<Outcome> {
    let options = ["--failures".to_owned(), MAX_FAILURES.to_string()];
    simulate::run(workspace, 0, SEEDS, &options)?;
    Ok(Outcome::Passed(format!("{SEEDS} seeds")))
}
