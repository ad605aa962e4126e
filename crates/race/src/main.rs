//! `cargo xtask race`: storms of conflicting requests to replicas that are killed and suspended,
//! while their connections to the API server are cut and lie. It counts what Dploy promises not to
//! happen; `docs/benchmarks.md` explains the counts.

mod caller;
mod cluster;
mod faults;
mod health;
mod history;
mod lives;
mod plan;
mod proxy;
mod replicas;
mod report;
mod rest;
mod rounds;
mod server;
mod storm;
mod storms;
mod templates;
mod timeline;
mod verdict;

use std::{
    io::{Write as _, stderr, stdout},
    path::PathBuf,
    process::ExitCode,
    time::Duration,
};

use anyhow::{Context as _, Error, Result, anyhow};
use clap::{Parser, ValueEnum as _};
use clock::{SeededEntropy, SystemClock, World};
use tokio::signal::{
    ctrl_c,
    unix::{SignalKind, signal},
};
use tracing_subscriber::EnvFilter;

use crate::{plan::Plan, storm::Storm, storms::Size};

/// The longest pause between two rounds of a soak.
const SOAK_PAUSE: Duration = Duration::from_secs(12);

/// Races, kills and cuts off Dploy, and counts what was lost, doubled or left behind.
#[derive(Parser)]
#[command(name = "cargo xtask race", bin_name = "cargo xtask race")]
struct Cli {
    /// The kubeconfig of a cluster admin. The cluster should be otherwise idle
    #[arg(long, required_unless_present = "base_url")]
    kubeconfig: Option<PathBuf>,
    /// Race a server that runs already, at this URL: no kills, no proxy, only what REST shows
    #[arg(long, value_name = "URL", requires = "tokens", conflicts_with = "kubeconfig")]
    base_url: Option<String>,
    /// A file with the token of one caller a line, for `--base-url`. Take at least a dozen
    #[arg(long, value_name = "FILE")]
    tokens: Option<PathBuf>,
    /// The number of requests. Each storm ends with whole rounds, so there are some more
    #[arg(long, default_value_t = 10_000)]
    requests: usize,
    /// The longest time for the requests
    #[arg(long)]
    seconds: Option<u64>,
    /// The seed of the choices: what is sent, killed and cut. The clock decides the rest
    #[arg(long)]
    seed: Option<u64>,
    /// Run only these storms
    #[arg(long, value_delimiter = ',', value_name = "STORM")]
    only: Vec<Storm>,
    /// Disturb neither the replicas nor their connections
    #[arg(long)]
    calm: bool,
    /// Soak: a lower rate, few owners, environments of three minutes, and one replica of each role
    /// that nothing disturbs, whose memory and open files must not grow
    #[arg(long, requires = "seconds", conflicts_with = "base_url")]
    soak: bool,
    /// Do not wait for void instances, which live for ten minutes, and do not count them
    #[arg(long)]
    skip_voids: bool,
    /// The `dploy` to race
    #[arg(long, hide = true, default_value = "target/release/dploy")]
    dploy: PathBuf,
}

#[tokio::main]
async fn main() -> ExitCode {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("race=info"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(stderr).init();
    let ended = tokio::select! {
        ended = run(Cli::parse()) => ended,
        // The processes end with their values, also suspended ones.
        stopped = stop_signal() => Err(stopped),
    };
    match ended {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            // stderr may be closed.
            let _ = writeln!(stderr(), "error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Waits for SIGINT or SIGTERM.
async fn stop_signal() -> Error {
    match signal(SignalKind::terminate()) {
        Ok(mut terminate) => {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = ctrl_c() => {}
            }
            anyhow!("stopped by a signal")
        }
        Err(error) => error.into(),
    }
}

/// Runs the storms and prints the report. Returns whether all promises were kept.
async fn run(cli: Cli) -> Result<bool> {
    let provider = rustls::crypto::ring::default_provider().install_default();
    provider.map_err(|_| anyhow!("a cryptography provider is already installed"))?;
    let plan = plan(&cli);
    let entropy = SeededEntropy::shared(plan.seed);
    let world = World { clock: SystemClock::shared(), entropy };
    let report = match (&cli.base_url, &cli.tokens, &cli.kubeconfig) {
        (Some(url), Some(tokens), _) => server::run(&plan, &world, url, tokens).await?,
        (_, _, Some(kubeconfig)) => cluster::run(&plan, &world, kubeconfig, &cli.dploy).await?,
        _ => return Err(anyhow!("pass --kubeconfig, or --base-url with --tokens")),
    };
    write!(stdout(), "{report}").context("could not print the report")?;
    Ok(report.is_clean())
}

fn plan(cli: &Cli) -> Plan {
    let chosen = |it: &&Storm| cli.only.is_empty() || cli.only.contains(it);
    Plan {
        storms: Storm::value_variants().iter().filter(chosen).copied().collect(),
        size: Size {
            requests: (!cli.soak).then_some(cli.requests),
            time: cli.seconds.map(Duration::from_secs),
            pause: if cli.soak { SOAK_PAUSE } else { Duration::ZERO },
        },
        seed: cli.seed.unwrap_or_else(|| u64::from_le_bytes(clock::random_bytes())),
        is_disturbed: !cli.calm,
        with_voids: !cli.skip_voids,
        is_soak: cli.soak,
    }
}
