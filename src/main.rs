//! The binary `dploy`: parses the command line, runs a role, and prints its error.

use std::{io::Write as _, process::ExitCode};

use clap::Parser as _;
use dploy::{Cli, Env, Failure};

#[tokio::main]
async fn main() -> ExitCode {
    let cli = Cli::parse();
    // `reqwest` needs a default provider of rustls. An error means that one is already installed.
    let _ = rustls::crypto::ring::default_provider().install_default();
    match start(cli).await {
        Ok(code) => code,
        Err(failure) => {
            // A closed standard error has no reader.
            let _ = writeln!(std::io::stderr(), "dploy: {}", errors::chain(&failure));
            ExitCode::FAILURE
        }
    }
}

async fn start(cli: Cli) -> Result<ExitCode, Failure> {
    dploy::play(cli.role, Env::of_process()?).await
}
