//! `cargo xtask bench` and `race`: run the programs of the crates `bench` and `race` against the
//! release binary. They are separate programs, so that xtask compiles quickly.

use std::ffi::OsString;
use std::process::Command;

use anyhow::Result;

use crate::cluster::{Part, TestCluster};
use crate::command;
use crate::progress;
use crate::server::{self, PACKAGES};
use crate::site::{self, Flavour};
use crate::workspace::Workspace;

/// Builds the release binary and the bench, and runs the bench with the binary.
pub(crate) fn run(workspace: &Workspace, args: &[OsString]) -> Result<()> {
    let mut bench = with_dploy(workspace, program(workspace, "bench")?)?;
    command::run(bench.args(args))
}

/// Builds the release binary and the race, and runs the race: on a new cluster, which it removes,
/// unless the arguments name a cluster or a server.
pub(crate) fn race(workspace: &Workspace, args: &[OsString]) -> Result<()> {
    let mut race = program(workspace, "race")?;
    if ["--base-url", "--help", "-h"].iter().any(|name| is_given(args, name)) {
        return command::run(race.args(args));
    }
    let mut race = with_dploy(workspace, race)?;
    if is_given(args, "--kubeconfig") {
        return command::run(race.args(args));
    }
    let directory = workspace.target.join("cluster-race");
    let cluster = TestCluster::start(workspace, &[Part::Flux], directory)?;
    let ended = command::run(race.arg("--kubeconfig").arg(&cluster.access.kubeconfig).args(args));
    cluster.remove()?;
    ended
}

/// Whether the arguments contain an option, as `--name value` or `--name=value`.
fn is_given(args: &[OsString], name: &str) -> bool {
    let text = args.iter().filter_map(|arg| arg.to_str());
    text.into_iter().any(|arg| arg.split('=').next() == Some(name))
}

/// Builds the release binary for a program that gets its path.
fn with_dploy(workspace: &Workspace, mut program: Command) -> Result<Command> {
    site::build(workspace, Flavour::Release)?;
    program.arg("--dploy").arg(server::build(workspace, Flavour::Release)?);
    Ok(program)
}

/// Builds the program `name`.
fn program(workspace: &Workspace, name: &str) -> Result<Command> {
    progress::timed(&format!("Compile the {name}"), || {
        let mut build = command::cargo(&workspace.root);
        build.arg("build").args(PACKAGES).args([&format!("--bin={name}"), "--release"]);
        command::run(&mut build)
    })?;
    Ok(Command::new(workspace.target.join("release").join(name)))
}
