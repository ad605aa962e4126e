//! Why a data directory could not be opened.

use std::path::{Path, PathBuf};

/// Why a data directory could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Another server has it, in this process or another.
    #[error("{} is in use by another process", path.display())]
    InUse {
        /// The file that is locked.
        path: PathBuf,
    },
    /// The directory is not there and cannot be made.
    #[error("could not create the data directory {}", dir.display())]
    Directory {
        /// The directory.
        dir: PathBuf,
        /// What the operating system said.
        #[source]
        cause: std::io::Error,
    },
    /// The file cannot be read or written: a full disk, missing rights, a foreign file.
    #[error("could not open the objects in {}", path.display())]
    Objects {
        /// The file.
        path: PathBuf,
        /// What the database said.
        #[source]
        cause: Box<redb::Error>,
    },
}

impl OpenError {
    /// Turns what redb says of the file at `path` into an error.
    pub(crate) fn read<E: Into<redb::Error>>(path: &Path) -> impl FnOnce(E) -> Self {
        let path = path.to_owned();
        move |cause| Self::Objects { path, cause: Box::new(cause.into()) }
    }
}
