//! The error of opening a data directory.

use std::path::{Path, PathBuf};

/// The data directory could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Another server has locked the file, in this process or another.
    #[error("{} is in use by another process", path.display())]
    InUse {
        /// The locked file.
        path: PathBuf,
    },
    /// The directory does not exist and could not be created.
    #[error("could not create the data directory {}", dir.display())]
    Directory {
        /// The directory.
        dir: PathBuf,
        /// The error of the operating system.
        #[source]
        cause: std::io::Error,
    },
    /// The file could not be read or written: full disk, missing permission, another format.
    #[error("could not open the objects in {}", path.display())]
    Objects {
        /// The file.
        path: PathBuf,
        /// The error of the database.
        #[source]
        cause: Box<redb::Error>,
    },
}

impl OpenError {
    /// Wraps an error of redb about the file at `path`.
    pub(super) fn wrap<E: Into<redb::Error>>(path: &Path) -> impl FnOnce(E) -> Self {
        let path = path.to_owned();
        move |cause| Self::Objects { path, cause: Box::new(cause.into()) }
    }
}
