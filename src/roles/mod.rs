//! What one process does: the server, the controllers, both with an embedded cluster, or a small
//! command.

mod adopt;
mod audit;
mod cluster;
#[cfg(feature = "dev")]
mod dev;
mod diff;
mod failure;
mod monitoring;
mod operate;
mod print;
mod probe;
mod serve;
mod signals;
#[cfg(not(feature = "dev"))]
mod without_dev;

use std::process::ExitCode;

#[cfg(not(feature = "dev"))]
use without_dev as dev;

#[cfg(feature = "dev")]
pub use dev::{Dev, Options};
pub use failure::Failure;
pub use print::crds_yaml;

use crate::{cli::Role, config::Env};

/// Runs a role until it ends.
///
/// # Errors
/// [`Failure`], one sentence for the person who started the role.
pub async fn play(role: Role, env: Env) -> Result<ExitCode, Failure> {
    match role {
        Role::Dev(args) => dev::play(&args, env).await?,
        Role::Serve => serve::play(&env).await?,
        Role::Operate => operate::play(&env).await?,
        Role::Adopt(args) => adopt::play(&args, &env).await?,
        Role::Crds => print::crds()?,
        Role::Openapi => print::openapi()?,
        Role::Audit(args) => return audit::verify(&args),
        Role::Diff(args) => diff::play(&args, &env).await?,
        Role::Healthcheck(args) => return probe::play(&args, &env).await,
        Role::Token(args) => dev::token(&args)?,
        #[cfg(feature = "dev")]
        Role::Supervise(args) => return Ok(dev::supervise(&args)),
    }
    Ok(ExitCode::SUCCESS)
}
