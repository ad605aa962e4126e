//! `cargo xtask test`: runs every check in order and prints a table of the results.
//!
//! The steps after a failed one still run, so one run shows every fault.

mod cargo;
mod chart;
mod cluster;
mod deny;
mod end2end;
mod image;
mod prose;
mod quick;
mod simulate;
mod summary;
mod wasm_size;

use std::process::ExitCode;
use std::time::Instant;

use anyhow::Result;
use clap::ValueEnum;

use crate::progress;
use crate::workspace::Workspace;

use summary::Row;

/// One check.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Step {
    /// rustfmt
    Fmt,
    /// line lengths of comments and Markdown, and each source file's first line
    Prose,
    /// clippy over everything but the browser's part
    Clippy,
    /// clippy over the browser's part
    ClippyWasm,
    /// cargo-deny: bans, licences, sources
    Deny,
    /// cargo-deny: known vulnerabilities, which needs the network
    Advisories,
    /// unit and integration tests, generated files and architecture among them
    Test,
    /// servers and operators in a deterministic simulation with faults
    Simulate,
    /// the Helm chart: lint, and what it renders
    Chart,
    /// the size of the web app as it is downloaded
    WasmSize,
    /// the Dockerfile's build step, without Docker
    Image,
    /// Playwright in a real browser against `dploy dev`
    E2e,
    /// conformance, engines and the installed chart on a real Kubernetes
    Cluster,
}

/// The result of a step that did not fail.
pub(crate) enum Outcome {
    /// The step ran. The text, which may be empty, goes into the table.
    Passed(String),
    /// The step cannot run here, for this reason.
    Skipped(String),
}

impl Outcome {
    fn passed() -> Self {
        Self::Passed(String::new())
    }
}

/// Runs the chosen steps; all of them when `only` is empty.
pub(crate) fn run(workspace: &Workspace, only: &[Step], skip: &[Step]) -> Result<ExitCode> {
    let chosen = Step::value_variants()
        .iter()
        .filter(|step| (only.is_empty() || only.contains(step)) && !skip.contains(step));
    conclude(&chosen.map(|step| step.run(workspace)).collect::<Vec<_>>())
}

/// Runs the checks of `--quick`: the form of everything, clippy, and the tests of the packages that
/// the changes since `base` reach.
pub(crate) fn run_quick(workspace: &Workspace, base: Option<&str>) -> Result<ExitCode> {
    conclude(&[
        Step::Fmt.run(workspace),
        Step::Prose.run(workspace),
        Step::Clippy.run(workspace),
        row(workspace, "test".to_owned(), || quick::tests(workspace, base)),
    ])
}

/// Prints the results. The exit code is a failure if one of them is.
fn conclude(rows: &[Row]) -> Result<ExitCode> {
    summary::print(rows)?;
    let failed = rows.iter().any(|row| row.result.is_err());
    Ok(if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

fn row(workspace: &Workspace, name: String, check: impl FnOnce() -> Result<Outcome>) -> Row {
    progress::note(&format!("\n=== {name} ==="));
    let start = Instant::now();
    let result = check();
    if let Err(error) = &result {
        progress::failure(error);
    }
    let disk = rustix::fs::statvfs(&workspace.root).ok();
    let free = disk.map(|disk| disk.f_bavail.saturating_mul(disk.f_frsize));
    Row { name, result, took: start.elapsed(), free }
}

impl Step {
    fn run(self, workspace: &Workspace) -> Row {
        row(workspace, self.name(), || match self {
            Self::Fmt => cargo::fmt(workspace),
            Self::Prose => prose::check(workspace),
            Self::Clippy => cargo::clippy(workspace),
            Self::ClippyWasm => cargo::clippy_wasm(workspace),
            Self::Deny => deny::policies(workspace),
            Self::Advisories => deny::advisories(workspace),
            Self::Test => cargo::test(workspace),
            Self::Simulate => simulate::check(workspace),
            Self::Chart => chart::check(workspace),
            Self::WasmSize => wasm_size::check(workspace),
            Self::Image => image::check(workspace),
            Self::E2e => end2end::run(workspace),
            Self::Cluster => cluster::check(workspace),
        })
    }

    fn name(self) -> String {
        self.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default()
    }
}
