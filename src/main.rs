//! The command line of Dploy.

use std::{io::Write as _, process::ExitCode};

use clap::Parser as _;
use dploy::{cli::Cli, config::Env, roles};

#[tokio::main]
async fn main() -> ExitCode {
    let cli = Cli::parse();
    // One provider, chosen here: rustls refuses to guess. It fails only where one was chosen
    // before, which is as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
    match start(cli).await {
        Ok(code) => code,
        Err(failure) => {
            // Where standard error is closed, nobody would read this anyway.
            let _ = writeln!(std::io::stderr(), "dploy: {}", errors::chain(&failure));
            ExitCode::FAILURE
        }
    }
}

async fn start(cli: Cli) -> Result<ExitCode, roles::Failure> {
    roles::play(cli.role, Env::of_process()?).await
}
