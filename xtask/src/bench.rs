//! `cargo xtask bench`: runs the program of crate `bench` against the release binary. It is a
//! separate program, so that xtask compiles quickly.

use std::ffi::OsString;
use std::process::Command;

use anyhow::Result;

use crate::command;
use crate::progress;
use crate::server::{self, PACKAGES};
use crate::site::{self, Flavour};
use crate::workspace::Workspace;

/// Builds the release binary and the bench, and runs the bench with the binary.
pub(crate) fn run(workspace: &Workspace, args: &[OsString]) -> Result<()> {
    site::build(workspace, Flavour::Release)?;
    let binary = server::build(workspace, Flavour::Release)?;
    progress::timed("Compile the bench", || {
        let mut build = command::cargo(&workspace.root);
        command::run(build.arg("build").args(PACKAGES).args(["--bin=bench", "--release"]))
    })?;
    let mut bench = Command::new(workspace.target.join("release/bench"));
    command::run(bench.arg("--dploy").arg(binary).args(args))
}
