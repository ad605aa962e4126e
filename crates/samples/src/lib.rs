//! The programs of the sample environments, as one program with a subcommand for each.
//!
//! A sample listens at `--host` and `--port`, keeps its files in its working directory, and ends on
//! SIGTERM. It depends on nothing of Dploy: `dploy dev` starts it as a child process, and a cluster
//! runs it as an image.

mod desk;
mod echo;
mod error;
mod guard;
mod look;
mod serve;
mod sized;
mod webterm;

use std::{
    net::{IpAddr, Ipv4Addr, SocketAddr},
    path::PathBuf,
};

use clap::{Args, Parser, Subcommand};
use tracing_subscriber::filter::LevelFilter;

pub use error::SampleError;

/// Programs of sample environments
#[derive(Debug, Parser)]
#[command(name = "dploy-samples", version, propagate_version = true)]
pub struct Cli {
    /// The least severe level that is logged
    #[arg(long, global = true, env = "SAMPLE_LOG", default_value_t = LevelFilter::INFO)]
    pub log: LevelFilter,
    /// The sample to run.
    #[command(subcommand)]
    pub sample: Sample,
}

/// A sample and its arguments.
#[derive(Debug, Subcommand)]
pub enum Sample {
    /// A shell in the browser
    Webterm(WebtermArgs),
    /// A board of notes that a team shares
    Desk(Listen),
    /// Sends every line back over TCP
    Echo(Listen),
    /// A page that shows its parameters
    Sized(SizedArgs),
}

/// Where a sample listens.
#[derive(Debug, Clone, Copy, Args)]
pub struct Listen {
    /// The IP address to listen on
    #[arg(long, default_value_t = IpAddr::V4(Ipv4Addr::LOCALHOST))]
    pub host: IpAddr,
    /// The port to listen on; 0 for any free port
    #[arg(long, env = "PORT")]
    pub port: u16,
}

impl Listen {
    /// Address and port together.
    #[must_use]
    pub const fn address(self) -> SocketAddr {
        SocketAddr::new(self.host, self.port)
    }
}

/// Arguments of `dploy-samples webterm`.
#[derive(Debug, Clone, Args)]
pub struct WebtermArgs {
    /// Where it listens.
    #[command(flatten)]
    pub listen: Listen,
    /// The shell to start [default: bash, else sh]
    #[arg(long, env = "SHELL")]
    pub shell: Option<PathBuf>,
}

/// Arguments of `dploy-samples sized`.
#[derive(Debug, Clone, Args)]
pub struct SizedArgs {
    /// Where it listens.
    #[command(flatten)]
    pub listen: Listen,
    /// The size to show
    #[arg(long)]
    pub size: String,
    /// The first word of the page
    #[arg(long, default_value = "Hello")]
    pub greeting: String,
}

/// Runs a sample until SIGTERM or Ctrl-C.
///
/// # Errors
/// The sample cannot listen, or cannot read its files.
pub async fn run(sample: Sample) -> Result<(), SampleError> {
    match sample {
        Sample::Webterm(args) => webterm::run(args).await,
        Sample::Desk(listen) => desk::run(listen).await,
        Sample::Echo(listen) => echo::run(listen).await,
        Sample::Sized(args) => sized::run(args).await,
    }
}
