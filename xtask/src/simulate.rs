//! `cargo xtask simulate`: runs the simulation of crate `simulation` on many seeds
//! (docs/simulation.md).

mod hunt;
mod mutations;
mod program;
mod tree;

use anyhow::Result;

pub(crate) use self::hunt::run as hunt;
use crate::command::{self, cargo};
use crate::workspace::Workspace;

/// Runs the seeds from `from` on. The `options` go to the simulation.
pub(crate) fn run(workspace: &Workspace, from: u64, seeds: u64, options: &[String]) -> Result<()> {
    let mut command = cargo(&workspace.root);
    command.args(["test", "--quiet", "--profile=simulation", "--package=simulation"]);
    command.args(["--test=simulate", "--", "--from", &from.to_string()]);
    command::run(command.args(["--seeds", &seeds.to_string()]).args(options))
}
