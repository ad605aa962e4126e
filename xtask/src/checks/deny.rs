//! cargo-deny, where it is installed: it takes longer to compile than all of Dploy.

use anyhow::Result;

use super::Outcome;
use crate::command::{cargo, exists, run};
use crate::workspace::Workspace;

/// What needs nothing but the lock file and the crates.
pub(crate) fn policies(workspace: &Workspace) -> Result<Outcome> {
    if !exists("cargo-deny") {
        return Ok(not_installed());
    }
    run(cargo(&workspace.root).args(["deny", "check", "bans", "licenses", "sources"]))?;
    Ok(Outcome::passed())
}

/// What needs the advisory database.
pub(crate) fn advisories(workspace: &Workspace) -> Result<Outcome> {
    if !exists("cargo-deny") {
        return Ok(not_installed());
    }
    if run(cargo(&workspace.root).args(["deny", "fetch", "db"])).is_err() {
        return Ok(Outcome::Skipped("the advisory database cannot be reached".to_owned()));
    }
    run(cargo(&workspace.root).args(["deny", "check", "--disable-fetch", "advisories"]))?;
    Ok(Outcome::passed())
}

fn not_installed() -> Outcome {
    Outcome::Skipped("cargo-deny is not installed: cargo install --locked cargo-deny".to_owned())
}
