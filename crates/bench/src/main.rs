//! Measures Dploy on a real Kubernetes, against the numbers that it has to meet: `cargo xtask bench`.
//!
//! It starts `dploy serve` and `dploy operate` as processes of their own, in a namespace of its own, and is the crowd that
//! uses them. The figures are printed as a table; what a figure means stands in `docs/benchmarks.md`.

mod account;
mod client;
mod counters;
mod document;
mod issuer;
mod machine;
mod measures;
mod program;
mod report;
mod statistics;
mod tracker;
mod world;

use std::{
    io::{Write as _, stderr, stdout},
    path::PathBuf,
    process::ExitCode,
};

use anyhow::{Context as _, Result, anyhow};
use clap::{Parser, Subcommand, ValueEnum as _};
use tracing_subscriber::EnvFilter;

use crate::{
    machine::Machine,
    measures::{Measure, Size},
    report::Report,
    world::World,
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
    /// What claiming, launching, deleting and waiting cost, on the cluster of a kubeconfig
    Claims {
        /// An admin's access to the cluster; it should do nothing else meanwhile
        #[arg(long)]
        kubeconfig: PathBuf,
        /// Take only these measures
        #[arg(long, value_delimiter = ',', value_name = "MEASURE")]
        only: Vec<Measure>,
        /// How many requests race against each other
        #[arg(long, default_value_t = 10_000)]
        requests: usize,
        /// Put the figures into this file, between its marks, too
        #[arg(long, value_name = "FILE", conflicts_with = "only")]
        into: Option<PathBuf>,
        /// How many instances there are when Dploy starts with many
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
            // There is nobody to tell when stderr is closed.
            let _ = writeln!(stderr(), "error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn run(Cli { bench, dploy }: Cli) -> Result<()> {
    let Bench::Claims { kubeconfig, only, requests, into, many } = bench;
    let provider = rustls::crypto::ring::default_provider().install_default();
    provider.map_err(|_| anyhow!("a provider of cryptography is there already"))?;
    let world = World::open(&kubeconfig, &dploy).await?;
    let mut report = Report::new(Machine::this());
    let outcome = measure(&world, &only, Size { requests, many }, &mut report).await;
    write!(stdout(), "{report}").context("could not print the report")?;
    if let Some(file) = into {
        document::put(&file, &report.to_string())?;
    }
    // What went wrong first says more than what that does to the end.
    outcome.and(world.close().await)
}

async fn measure(world: &World, only: &[Measure], size: Size, report: &mut Report) -> Result<()> {
    let chosen = |it: &&Measure| only.is_empty() || only.contains(it);
    for measure in Measure::value_variants().iter().filter(chosen) {
        report.begin(*measure);
        tracing::info!("measuring {measure}");
        let taken = tokio::select! {
            taken = measure.take(world, size, report) => taken,
            end = world.ends.first() => Err(end),
        };
        taken.with_context(|| format!("{measure} failed"))?;
    }
    Ok(())
}
