use std::{error::Error, io, net::SocketAddr, path::PathBuf};

use thiserror::Error;

use crate::config::ConfigError;

/// Why a role could not be played; one sentence for the person who started it.
#[derive(Debug, Error)]
pub enum Failure {
    /// An environment variable is malformed or missing.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// There is nowhere to keep data.
    #[error("this user has no data directory; name one with --data-dir")]
    NoDataDirectory,
    /// Another process keeps its data there.
    #[error("another `dploy dev` is using {}; stop it, or name another directory with --data-dir", .0.display())]
    DataInUse(PathBuf),
    /// The data directory cannot be used.
    #[error("could not use the data directory {}", .directory.display())]
    Data {
        /// The directory.
        directory: PathBuf,
        /// What went wrong.
        #[source]
        cause: Box<dyn Error + Send + Sync>,
    },
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
    /// The embedded cluster could not be prepared.
    #[error("could not prepare the embedded cluster: {step}")]
    Prepare {
        /// What was being done.
        step: String,
        /// What went wrong.
        #[source]
        cause: Box<dyn Error + Send + Sync>,
    },
    /// The controllers ended.
    #[error("the controllers ended")]
    Operator(#[source] Box<dyn Error + Send + Sync>),
    /// The development provider knows nobody of that name, or was never started.
    #[error("could not make a token")]
    Token(#[source] Box<dyn Error + Send + Sync>),
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
