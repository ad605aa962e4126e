//! Playwright against the binary that `cargo xtask dev` runs.

use std::process::Command;

use anyhow::Result;

use super::Outcome;
use crate::command;
use crate::server;
use crate::setup::{self, Browser, CHROMIUM_PATH};
use crate::site::{self, Flavour};
use crate::workspace::Workspace;

pub(crate) fn run(workspace: &Workspace) -> Result<Outcome> {
    command::run(&mut playwright(workspace)?)?;
    Ok(Outcome::passed())
}

/// The Playwright command. Installs the browser and builds the binary first.
pub(crate) fn playwright(workspace: &Workspace) -> Result<Command> {
    let browser = setup::end2end(workspace)?;
    site::build(workspace, Flavour::Debug)?;
    let binary = server::build(workspace, Flavour::Debug)?;
    let mut playwright = Command::new("npx");
    playwright.args(["playwright", "test"]).current_dir(workspace.end2end());
    playwright.env("DPLOY_BIN", binary);
    if let Browser::At(path) = browser {
        playwright.env(CHROMIUM_PATH, path);
    }
    Ok(playwright)
}
