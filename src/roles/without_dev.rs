//! Refuses the commands of the development mode in a build without the feature `dev`.

use super::Failure;
use crate::{
    cli::{DevArgs, TokenArgs},
    config::Env,
};

/// `dploy dev`
pub(super) async fn play(_args: &DevArgs, _env: Env) -> Result<(), Failure> {
    Err(Failure::NoDevelopmentMode)
}

/// `dploy token`
pub(super) fn token(_args: &TokenArgs) -> Result<(), Failure> {
    Err(Failure::NoDevelopmentMode)
}
