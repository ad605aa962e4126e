//! `cargo xtask bench`: measures Dploy on a real Kubernetes and compares the figures with targets.
//!
//! It creates a namespace, starts `dploy serve` and `dploy operate` as processes, and sends the
//! requests of users. It prints the figures as a table; `docs/benchmarks.md` explains them.

mod counters;
mod document;
mod measure;
mod measures;
mod report;

use std::{
    io::{Write as _, stderr, stdout},
    path::PathBuf,
    process::ExitCode,
};

use anyhow::{Context as _, Result, anyhow};
use clap::{Parser, Subcommand, ValueEnum as _};
use harness::{Fixture, Machine};
use tracing_subscriber::EnvFilter;

use crate::{
    measure::{Measure, Size},
    report::Report,
};

#[derive(Parser)]
#[command(name = "cargo xtask bench", bin_name = "cargo xtask bench")]
struct Cli {
    #[command(subcommand)]
    bench: Bench,
    /// The `dploy` to measure
    #[arg(long, global = true, hide = true, default_value = "target/release/dploy")]
    dploy: PathBuf,
}

#[derive(Subcommand)]
enum Bench {
    /// Measure launches, claims, deletions, reads and idle time on a cluster
    Claims {
        /// The kubeconfig of a cluster admin. The cluster should be otherwise idle
        #[arg(long)]
        kubeconfig: PathBuf,
        /// Run only these measures
        #[arg(long, value_delimiter = ',', value_name = "MEASURE")]
        only: Vec<Measure>,
        /// The number of conflicting requests
        #[arg(long, default_value_t = 10_000)]
        requests: usize,
        /// Also write the figures into this file, between its markers
        #[arg(long, value_name = "FILE", conflicts_with = "only")]
        into: Option<PathBuf>,
        /// The number of instances in the measure `many`
        #[arg(long, default_value_t = 10_000)]
        many: usize,
    },
}

#[tokio::main]
async fn main() -> ExitCode {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("bench=info"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(stderr).init();
    match run(Cli::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // stderr may be closed.
            let _ = writeln!(stderr(), "error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn run(Cli { bench, dploy }: Cli) -> Result<()> {
    let Bench::Claims { kubeconfig, only, requests, into, many } = bench;
    let provider = rustls::crypto::ring::default_provider().install_default();
    provider.map_err(|_| anyhow!("a cryptography provider is already installed"))?;
    let fixture = Fixture::open("bench", &kubeconfig, &dploy).await?;
    let mut report = Report::new(Machine::detect());
    let outcome = measure(&fixture, &only, Size { requests, many }, &mut report).await;
    write!(stdout(), "{report}").context("could not print the report")?;
    if let Some(file) = into {
        document::replace_figures(&file, &report.to_string())?;
    }
    // If both fail, the first error is the cause.
    outcome.and(fixture.close().await)
}

async fn measure(
    fixture: &Fixture,
    only: &[Measure],
    size: Size,
    report: &mut Report,
) -> Result<()> {
    let chosen = |it: &&Measure| only.is_empty() || only.contains(it);
    for measure in Measure::value_variants().iter().filter(chosen) {
        report.set_measure(*measure);
        tracing::info!("measuring {measure}");
        let result = tokio::select! {
            result = measures::run(*measure, fixture, size, report) => result,
            exit = fixture.exits.first() => Err(exit),
        };
        result.with_context(|| format!("{measure} failed"))?;
    }
    Ok(())
}
