use std::{io, path::PathBuf};

use thiserror::Error;

/// Why a sample could not do its work.
#[derive(Debug, Error)]
pub enum SampleError {
    /// The port is taken, or may not be used.
    #[error("could not listen on 127.0.0.1:{port}")]
    Listen {
        /// The port that was asked for.
        port: u16,
        /// Why.
        #[source]
        cause: io::Error,
    },
    /// The server stopped by itself.
    #[error("could not go on serving")]
    Serve(#[source] io::Error),
    /// The signals that end the program cannot be waited for.
    #[error("could not wait for signals")]
    Signals(#[source] io::Error),
    /// The working directory is not usable.
    #[error("could not find the working directory")]
    WorkingDirectory(#[source] io::Error),
    /// What was kept earlier cannot be read.
    #[error("could not read {}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        cause: io::Error,
    },
}
