//! `cargo xtask`: the commands of developers and of CI.
//!
//! They need the Rust toolchain, Node.js and, for the browser of the end-to-end tests, apt. `dev`
//! builds what is stale and runs it, `test` checks everything, `build` makes the release binary,
//! and `bench` measures it. `site` and `setup` are parts of these that are useful alone.

mod apt;
mod bench;
mod checks;
mod cluster;
mod command;
mod progress;
mod server;
mod setup;
mod simulate;
mod site;
mod variables;
mod workspace;

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};

use crate::checks::Step;
use crate::site::Flavour;
use crate::workspace::Workspace;

/// Builds, runs and tests Dploy.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Cli {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Build what is stale and run `dploy dev`; what follows `--` goes to it
    Dev {
        /// Arguments of `dploy dev`, such as `--port 9000`
        #[arg(last = true)]
        args: Vec<String>,
    },
    /// Build the release binaries: `dploy`, one file with the site in it, and `dploy-samples`
    Build {
        /// Build `dploy` without `dploy dev`, as the images have it
        #[arg(long)]
        production: bool,
        /// Also copy both to this directory
        #[arg(long, value_name = "DIR")]
        copy_to: Option<PathBuf>,
    },
    /// Build only the web app's files into target/site
    Site {
        /// With the release profile and wasm-opt
        #[arg(long)]
        release: bool,
    },
    /// Install what a fresh machine lacks: the wasm target, npm packages, chromium
    Setup,
    /// A real Kubernetes for tests and benches, without containers
    #[command(subcommand)]
    Cluster(cluster::Action),
    /// Measure the release binary on a real Kubernetes; see `bench claims --help`
    Bench {
        /// Arguments of the bench, such as `claims --kubeconfig FILE`
        #[arg(trailing_var_arg = true, allow_hyphen_values = true, required = true)]
        args: Vec<OsString>,
    },
    /// Race, kill and cut off the release binary on a real Kubernetes; see `race --help`
    #[command(disable_help_flag = true)]
    Race {
        /// Arguments of the race, such as `--requests 1000`; none makes a cluster for itself
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        args: Vec<OsString>,
    },
    /// The same for a while at a lower rate; memory, open files and watches must not grow
    Soak {
        /// The minutes
        #[arg(long, default_value_t = 20)]
        minutes: u32,
    },
    /// Run servers and operators in a deterministic simulation with faults
    Simulate {
        /// How many seeds to run
        #[arg(long, default_value_t = 1000)]
        seeds: u64,
        /// The first seed
        #[arg(long, default_value_t = 1)]
        from: u64,
        /// Only seeds with no other kinds of trouble, such as `Statuses,Freezes`
        #[arg(long)]
        kinds: Option<String>,
        /// Shorten the plan of the first seed that fails
        #[arg(long)]
        shrink: bool,
        /// Print reads and leases, too
        #[arg(long)]
        full: bool,
        /// Look for the mutations of crates/simulation/mutations.txt instead; all must be caught
        #[arg(long, conflicts_with_all = ["from", "kinds", "shrink", "full"])]
        mutations: bool,
        /// Look only for these mutations
        #[arg(long, value_delimiter = ',', value_name = "NAME", requires = "mutations")]
        only: Vec<String>,
    },
    /// Run every check and print a summary
    Test {
        /// Run only fmt, prose, clippy and the tests of the packages that a change reaches
        #[arg(long, conflicts_with_all = ["only", "skip"])]
        quick: bool,
        /// Compare with this commit, not with the upstream branch (or HEAD if there is none)
        #[arg(long, value_name = "REVISION", requires = "quick")]
        since: Option<String>,
        /// Run only these steps
        #[arg(long, value_delimiter = ',', value_name = "STEP")]
        only: Vec<Step>,
        /// Leave these steps out
        #[arg(long, value_delimiter = ',', value_name = "STEP")]
        skip: Vec<Step>,
    },
}

fn main() -> ExitCode {
    match run(Cli::parse().task) {
        Ok(code) => code,
        Err(error) => {
            progress::failure(&error);
            ExitCode::FAILURE
        }
    }
}

fn build(workspace: &Workspace, production: bool, copy_to: Option<&Path>) -> Result<()> {
    site::build(workspace, Flavour::Release)?;
    let binary = if production {
        server::build_production(workspace)?
    } else {
        server::build(workspace, Flavour::Release)?
    };
    progress::note(&format!("The release binary is {}", binary.display()));
    copy_to.map_or(Ok(()), |directory| server::copy(&binary, directory))
}

fn run(task: Task) -> Result<ExitCode> {
    let workspace = Workspace::find()?;
    match task {
        Task::Dev { args } => {
            site::build(&workspace, Flavour::Debug)?;
            let binary = server::build(&workspace, Flavour::Debug)?;
            server::run_dev(&binary, &args)?;
        }
        Task::Build { production, copy_to } => build(&workspace, production, copy_to.as_deref())?,
        Task::Site { release } => {
            let flavour = if release { Flavour::Release } else { Flavour::Debug };
            site::build(&workspace, flavour)?;
        }
        Task::Cluster(action) => {
            let runs = cluster::run(&workspace, action)?;
            return Ok(if runs { ExitCode::SUCCESS } else { ExitCode::FAILURE });
        }
        Task::Bench { args } => bench::run(&workspace, &args)?,
        Task::Race { args } => bench::race(&workspace, &args)?,
        Task::Soak { minutes } => {
            let seconds = format!("--seconds={}", minutes * 60);
            bench::race(&workspace, &["--soak".into(), seconds.into()])?;
        }
        Task::Setup => setup::everything(&workspace)?,
        Task::Simulate { seeds, only, mutations: true, .. } => {
            simulate::hunt(&workspace, &only, seeds)?;
        }
        Task::Simulate { seeds, from, kinds, shrink, full, .. } => {
            let flags = [(shrink, "--shrink"), (full, "--full")].into_iter();
            let flags = flags.filter(|(is_set, _)| *is_set).map(|(_, name)| name.to_owned());
            let kinds = kinds.into_iter().flat_map(|kinds| ["--kinds".to_owned(), kinds]);
            simulate::run(&workspace, from, seeds, &flags.chain(kinds).collect::<Vec<_>>())?;
        }
        Task::Test { quick: true, since, .. } => {
            return checks::run_quick(&workspace, since.as_deref());
        }
        Task::Test { only, skip, .. } => return checks::run(&workspace, &only, &skip),
    }
    Ok(ExitCode::SUCCESS)
}
