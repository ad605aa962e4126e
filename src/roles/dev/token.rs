use clock::SystemClock;
use identity::development::Provider;

use super::DataDirectory;
use crate::{
    cli::TokenArgs,
    roles::{Failure, print},
};

/// `dploy token`: an ID token like the one that a browser gets, from the keys in the data directory.
///
/// # Errors
/// [`Failure::Token`] when nobody has that name or no `dploy dev` was ever started there.
pub(in crate::roles) fn token(args: &TokenArgs) -> Result<(), Failure> {
    let root = match &args.data_dir {
        Some(directory) => directory.clone(),
        None => DataDirectory::default_path()?,
    };
    let provider = Provider::reopen(&DataDirectory::identity_in(&root), SystemClock::shared())
        .map_err(|cause| Failure::Token(cause.into()))?;
    let token = provider.issue_token(&args.person).map_err(|cause| Failure::Token(cause.into()))?;
    print::print(&format!("{token}\n"))
}
