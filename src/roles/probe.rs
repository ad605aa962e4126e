//! `dploy healthcheck`, for images without curl.

use std::{process::ExitCode, time::Duration};

use bytes::Bytes;
use http_body_util::Empty;
use hyper_util::{client::legacy::Client, rt::TokioExecutor};

use super::Failure;
use crate::{
    cli::HealthcheckArgs,
    config::{Env, variables},
};

/// How long `/health` may take.
const HEALTHCHECK_TIMEOUT: Duration = Duration::from_secs(5);

pub(super) async fn play(args: &HealthcheckArgs, env: &Env) -> Result<ExitCode, Failure> {
    let port = match args.port {
        Some(port) => port,
        None => env.parsed(&variables::SERVER_PORT, "a port (0 to 65535)")?,
    };
    Ok(if is_alive(port).await { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

async fn is_alive(port: u16) -> bool {
    let client: Client<_, Empty<Bytes>> = Client::builder(TokioExecutor::new()).build_http();
    let Ok(address) = format!("http://127.0.0.1:{port}/health").parse() else { return false };
    matches!(
        tokio::time::timeout(HEALTHCHECK_TIMEOUT, client.get(address)).await,
        Ok(Ok(response)) if response.status().is_success()
    )
}
