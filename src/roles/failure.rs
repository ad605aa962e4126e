use std::{error::Error, io, net::SocketAddr};

use thiserror::Error;

use crate::config::ConfigError;

/// Why a role could not be played; one sentence for the person who started it.
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
    /// Somebody else listens there.
    #[error("port {port} is in use; stop what uses it, or choose another with {choice}")]
    PortInUse {
        /// The port.
        port: u16,
        /// The argument or variable that chooses another.
        choice: &'static str,
    },
    /// The address cannot be listened on.
    #[error("could not listen on {address}")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// What went wrong.
        #[source]
        cause: io::Error,
    },
    /// No cluster is configured, or its configuration cannot be read.
    #[error("could not find out how to reach the cluster (KUBECONFIG, or a pod's service account)")]
    Cluster(#[source] Box<dyn Error + Send + Sync>),
    /// The identity settings cannot be used.
    #[error("could not set up sign-in")]
    Identity(#[source] Box<dyn Error + Send + Sync>),
    /// The controllers ended.
    #[error("the controllers ended")]
    Operator(#[source] Box<dyn Error + Send + Sync>),
    /// Standard output is closed, or a signal handler cannot be installed.
    #[error("{doing}")]
    Io {
        /// What was being done.
        doing: &'static str,
        /// What went wrong.
        #[source]
        cause: io::Error,
    },
}
