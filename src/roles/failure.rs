//! Why a role ended: one sentence for the person who started it.

use std::{error::Error, io, path::PathBuf};

use thiserror::Error;

use crate::{config::ConfigError, http::ListenError};

/// Why a role ended. The text is one sentence for the person who started it.
#[derive(Debug, Error)]
pub enum Failure {
    /// An environment variable is malformed or missing.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The user has no home directory, which would have the data directory.
    #[error("this user has no data directory; name one with --data-dir")]
    NoDataDirectory,
    /// Another process uses the data directory.
    #[error("another `dploy dev` is using {}; stop it, or name another directory with --data-dir", .0.display())]
    DataInUse(PathBuf),
    /// The data directory cannot be used.
    #[error("could not use the data directory {}", .directory.display())]
    Data {
        /// The directory.
        directory: PathBuf,
        /// The cause.
        #[source]
        cause: Box<dyn Error + Send + Sync>,
    },
    /// A port cannot be served.
    #[error(transparent)]
    Listen(#[from] ListenError),
    /// No cluster is configured, or its configuration cannot be read.
    #[error("could not find out how to reach the cluster (KUBECONFIG, or a pod's service account)")]
    Cluster(#[source] Box<dyn Error + Send + Sync>),
    /// The identity settings cannot be used.
    #[error("could not set up sign-in")]
    Identity(#[source] Box<dyn Error + Send + Sync>),
    /// The embedded cluster could not be prepared.
    #[error("could not prepare the embedded cluster: {step}")]
    Prepare {
        /// The step that failed.
        step: String,
        /// The cause.
        #[source]
        cause: Box<dyn Error + Send + Sync>,
    },
    /// The controllers stopped with an error.
    #[error("the controllers ended")]
    Operator(#[source] Box<dyn Error + Send + Sync>),
    /// The development provider does not know the person, or was never started.
    #[error("could not make a token")]
    Token(#[source] Box<dyn Error + Send + Sync>),
    /// An operation of the operating system failed.
    #[error("{doing}")]
    Io {
        /// The operation that failed, as a sentence.
        doing: &'static str,
        /// The cause.
        #[source]
        cause: io::Error,
    },
}
