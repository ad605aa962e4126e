//! Builds and runs the programs `dploy` and `dploy-samples`.

use std::fs;
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

/// The programs; `dploy dev` expects the second one beside the first.
const BINARIES: [&str; 2] = ["--bin=dploy", "--bin=dploy-samples"];

/// Builds both programs and returns the path of `dploy`. A release embeds the site, which must be
/// built before.
pub(crate) fn build(workspace: &Workspace, flavour: Flavour) -> Result<PathBuf> {
    let (profile, directory) = match flavour {
        Flavour::Debug => ("dev", "debug"),
        Flavour::Release => ("release", "release"),
    };
    progress::timed("Compile the server", || {
        let mut build = command::cargo(&workspace.root);
        build.arg("build").args(PACKAGES).args(BINARIES).args(["--profile", profile]);
        command::run(&mut build)
    })?;
    Ok(workspace.target.join(directory).join("dploy"))
}

/// Builds both programs for the images: `dploy` without its development mode.
///
/// Only these two packages are selected, because every other one with a dependency on `dploy` would
/// turn the feature `dev` on again.
pub(crate) fn build_production(workspace: &Workspace) -> Result<PathBuf> {
    progress::timed("Compile the server", || {
        let mut build = command::cargo(&workspace.root);
        build.args(["build", "--release", "--package=dploy", "--package=samples"]);
        command::run(build.arg("--no-default-features").args(BINARIES))
    })?;
    Ok(workspace.target.join("release/dploy"))
}

/// Copies both programs, which are beside each other, into a directory.
pub(crate) fn copy(dploy: &Path, directory: &Path) -> Result<()> {
    for program in [dploy.to_owned(), dploy.with_file_name("dploy-samples")] {
        let copy = directory.join(program.file_name().context("a program has a name")?);
        fs::copy(&program, &copy).with_context(|| format!("could not write {}", copy.display()))?;
    }
    Ok(())
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
