//! Why the development mode cannot start.

use std::{error::Error, path::PathBuf};

use thiserror::Error;

use crate::provider::ProviderError;

/// Why the development mode cannot start; a sentence for the person at the terminal.
#[derive(Debug, Error)]
pub enum DevError {
    /// No place for the data is known.
    #[error("this user has no data directory; name one with --data-dir")]
    NoDataDirectory,
    /// Another process has locked the data directory.
    #[error("another `dploy dev` is using {}; stop it, or name another directory with --data-dir", .0.display())]
    DataInUse(PathBuf),
    /// The data directory cannot be read or written.
    #[error("could not use the data directory {}", .directory.display())]
    Data {
        /// The directory.
        directory: PathBuf,
        /// The cause.
        #[source]
        cause: Box<dyn Error + Send + Sync>,
    },
    /// The development provider cannot use its keys.
    #[error("could not set up sign-in")]
    Provider(#[source] ProviderError),
    /// An object could not be applied to the embedded cluster.
    #[error("could not prepare the embedded cluster: {step}")]
    Prepare {
        /// The step that failed.
        step: String,
        /// The cause.
        #[source]
        cause: Box<dyn Error + Send + Sync>,
    },
    /// The person is unknown, or the provider has no keys yet.
    #[error("could not make a token")]
    Token(#[source] ProviderError),
}
