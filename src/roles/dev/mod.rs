//! `dploy dev`: everything in one process, on an embedded API server, for a machine with nothing installed.
//!
//! Nothing beyond this module knows that the cluster is an embedded one.

mod cluster;
mod data;
mod directory;
mod engine;
pub mod samples;
mod server;
mod token;

use std::process::ExitCode;

pub use data::DataDirectory;
pub use server::{Dev, Options};
pub(super) use token::token;

use super::{Failure, print, signals};
use crate::{
    cli::{DevArgs, SuperviseArgs},
    config::{Env, ServerConfig, variables},
    telemetry::{self, Audience},
};

/// What is logged where `RUST_LOG` does not say: a terminal shows what matters to somebody who tries Dploy.
const QUIET: &str = "warn,dploy=info";

pub(super) async fn play(args: &DevArgs, mut env: Env) -> Result<(), Failure> {
    if let Some(port) = args.port {
        env.set(&variables::SERVER_PORT, port.to_string());
    }
    let server = ServerConfig::from_env(&env)?;
    telemetry::start(
        Audience::People,
        if server.debug { super::serve::filter(&server) } else { QUIET },
    )?;
    let data = DataDirectory::open(args.data_dir.as_deref(), args.reset)?;
    let program = std::env::current_exe().map_err(|cause| Failure::Io {
        doing: "could not find out where this program is",
        cause,
    })?;
    let options =
        Options { port: server.address.port(), kube_port: args.kube_port, env, data, program };
    let stopping = signals::stop_token();
    let dev = Dev::start(options, stopping).await?;
    print::print(&dev.greeting())?;
    dev.until_stopped().await
}

/// `dploy supervise`: see `engines::process`.
pub(super) fn supervise(args: &SuperviseArgs) -> ExitCode {
    engines::process::supervise(args.command.clone())
}
