//! Why a role ended: one sentence for the person who started it.

use std::{error::Error, io};

use thiserror::Error;

use crate::{config::ConfigError, http::ListenError};

/// Why a role ended. The text is one sentence for the person who started it.
#[derive(Debug, Error)]
pub enum Failure {
    /// An environment variable is malformed or missing.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The development mode cannot start.
    #[cfg(feature = "dev")]
    #[error(transparent)]
    Dev(#[from] dev::DevError),
    /// The command needs the feature `dev`.
    #[cfg(not(feature = "dev"))]
    #[error("this build has no development mode; use one with the feature `dev`")]
    NoDevelopmentMode,
    /// A port cannot be served.
    #[error(transparent)]
    Listen(#[from] ListenError),
    /// No cluster is configured, or its configuration cannot be read.
    #[error("could not find out how to reach the cluster (KUBECONFIG, or a pod's service account)")]
    Cluster(#[source] Box<dyn Error + Send + Sync>),
    /// The owner key cannot be adopted.
    #[error(transparent)]
    Adopt(#[from] environments::AdoptError),
    /// The audit log cannot be written.
    #[error(transparent)]
    Audit(#[from] audit::OpenError),
    /// The identity settings cannot be used.
    #[error("could not set up sign-in")]
    Identity(#[source] Box<dyn Error + Send + Sync>),
    /// The controllers stopped with an error.
    #[error("the controllers ended")]
    Operator(#[source] Box<dyn Error + Send + Sync>),
    /// A revision cannot be read.
    #[error("could not read the revision {name}")]
    Revision {
        /// The name of the revision.
        name: String,
        /// The cause.
        #[source]
        cause: Box<dyn Error + Send + Sync>,
    },
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
