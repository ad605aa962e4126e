//! Why a sample ends with a failure.

use std::{io, net::SocketAddr, path::PathBuf};

use thiserror::Error;

/// Why a sample ended with a failure.
#[derive(Debug, Error)]
pub enum SampleError {
    /// The address is in use, or is not allowed.
    #[error("could not listen on {address}")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// The cause.
        #[source]
        cause: io::Error,
    },
    /// The server stopped by itself.
    #[error("could not accept connections any longer")]
    Serve(#[source] io::Error),
    /// No handler for SIGTERM or SIGINT could be installed.
    #[error("could not wait for signals")]
    Signals(#[source] io::Error),
    /// The working directory cannot be read.
    #[error("could not find the working directory")]
    WorkingDirectory(#[source] io::Error),
    /// A file of an earlier run cannot be read.
    #[error("could not read {}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// The cause.
        #[source]
        cause: io::Error,
    },
}
