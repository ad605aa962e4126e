//! The sample environments of `dploy dev`: the templates, and the programs that they run (`dploy sample …`).
//!
//! A program listens on loopback only, at the port in `PORT`, keeps what it keeps in its working directory, and ends on
//! SIGTERM. Anyone who can open a page in the same browser could send it requests, so each answers its own origin only.

mod desk;
mod echo;
mod error;
mod guard;
mod look;
mod manifests;
mod serve;
mod sized;
mod webterm;

use std::path::PathBuf;

use clap::{Args, Subcommand};

pub use error::SampleError;
pub use manifests::{operator_config, templates};

/// The programs of the sample templates.
#[derive(Debug, Subcommand)]
pub enum SampleCommand {
    /// A shell in the browser.
    Webterm(WebtermArgs),
    /// A board of notes that a team shares.
    Desk(Listen),
    /// Sends every line back over TCP.
    Echo(Listen),
    /// A page that shows what was chosen at launch.
    Sized(SizedArgs),
}

/// Where a program listens.
#[derive(Debug, Clone, Args)]
pub struct Listen {
    /// The port on 127.0.0.1; 0 for any that is free.
    #[arg(long, env = "PORT")]
    pub port: u16,
}

/// Arguments of `dploy sample webterm`.
#[derive(Debug, Clone, Args)]
pub struct WebtermArgs {
    /// Where it listens.
    #[command(flatten)]
    pub listen: Listen,
    /// The shell to start.
    #[arg(long, env = "SHELL")]
    pub shell: Option<PathBuf>,
}

/// Arguments of `dploy sample sized`.
#[derive(Debug, Clone, Args)]
pub struct SizedArgs {
    /// Where it listens.
    #[command(flatten)]
    pub listen: Listen,
    /// The size that was chosen.
    #[arg(long)]
    pub size: String,
    /// The first word of its page.
    #[arg(long, default_value = "Hello")]
    pub greeting: String,
}

/// Runs a sample until it is asked to stop (SIGTERM or Ctrl-C).
///
/// # Errors
/// When it cannot listen, or cannot read what it kept.
pub async fn run(command: SampleCommand) -> Result<(), SampleError> {
    match command {
        SampleCommand::Webterm(args) => webterm::run(args).await,
        SampleCommand::Desk(listen) => desk::run(listen).await,
        SampleCommand::Echo(listen) => echo::run(listen).await,
        SampleCommand::Sized(args) => sized::run(args).await,
    }
}
