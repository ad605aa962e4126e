//! The checks that are calls of cargo: rustfmt, clippy, tests.

use anyhow::Result;

use super::Outcome;
use crate::command::{cargo, run};
use crate::server::PACKAGES;
use crate::setup;
use crate::workspace::Workspace;

pub(crate) fn fmt(workspace: &Workspace) -> Result<Outcome> {
    run(cargo(&workspace.root).args(["fmt", "--all", "--check"]))?;
    Ok(Outcome::passed())
}

pub(crate) fn clippy(workspace: &Workspace) -> Result<Outcome> {
    let mut command = cargo(&workspace.root);
    run(command.arg("clippy").args(PACKAGES).args(["--all-targets", "--", "-D", "warnings"]))?;
    Ok(Outcome::passed())
}

pub(crate) fn clippy_wasm(workspace: &Workspace) -> Result<Outcome> {
    setup::wasm_target()?;
    run(cargo(&workspace.root).args([
        "clippy",
        "--package=frontend",
        "--target=wasm32-unknown-unknown",
        "--",
        "-D",
        "warnings",
    ]))?;
    Ok(Outcome::passed())
}

pub(crate) fn test(workspace: &Workspace) -> Result<Outcome> {
    run(cargo(&workspace.root).arg("test").args(PACKAGES).arg("--no-fail-fast"))?;
    Ok(Outcome::passed())
}
