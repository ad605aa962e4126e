//! cargo-deny, if it is installed. It takes longer to compile than Dploy.

use anyhow::Result;

use super::Outcome;
use crate::command::{cargo, exists, run};
use crate::workspace::Workspace;

/// The checks that need only the lock file and the crates.
pub(crate) fn policies(workspace: &Workspace) -> Result<Outcome> {
    if !exists("cargo-deny") {
        return Ok(not_installed());
    }
    run(cargo(&workspace.root).args(["deny", "check", "bans", "licenses", "sources"]))?;
    Ok(Outcome::passed())
}

/// The check that needs the advisory database.
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
