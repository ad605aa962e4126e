//! Builds and runs the server's binary.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::command;
use crate::progress;
use crate::site::Flavour;
use crate::workspace::Workspace;

/// The selection of packages for builds, clippy and tests. It is always the same: with another
/// selection cargo unifies other features and compiles the dependencies once more.
pub(crate) const PACKAGES: [&str; 2] = ["--workspace", "--exclude=frontend"];

/// Builds the binary and returns its path. A release embeds the site, so build that first.
pub(crate) fn build(workspace: &Workspace, flavour: Flavour) -> Result<PathBuf> {
    let (profile, directory) = match flavour {
        Flavour::Debug => ("dev", "debug"),
        Flavour::Release => ("release", "release"),
    };
    progress::timed("Compile the server", || {
        command::run(command::cargo(&workspace.root).arg("build").args(PACKAGES).args([
            "--bin=dploy",
            "--profile",
            profile,
        ]))
    })?;
    Ok(workspace.target.join(directory).join("dploy"))
}

/// Replaces this process by `dploy dev`, which prints the address of the page.
pub(crate) fn run_dev(binary: &Path, args: &[String]) -> Result<()> {
    let mut dev = Command::new(binary);
    dev.arg("dev").args(args);
    become_program(dev).with_context(|| format!("could not run {}", binary.display()))
}

/// Replaces this process, so that signals reach the program.
#[cfg(unix)]
fn become_program(mut program: Command) -> Result<()> {
    use std::os::unix::process::CommandExt as _;
    Err(program.exec().into())
}

#[cfg(not(unix))]
fn become_program(mut program: Command) -> Result<()> {
    command::run(&mut program)
}
