//! The data directory of one `dploy dev`.

use std::{
    fs::{self, File, TryLockError},
    path::{Path, PathBuf},
};

use directories::ProjectDirs;

use crate::DevError;

/// The directory with all data of one `dploy dev`, locked while this value exists.
#[derive(Debug)]
pub struct DataDirectory {
    root: PathBuf,
    _lock: File,
}

impl DataDirectory {
    /// The default directory: `dploy` in the user's data directory.
    ///
    /// # Errors
    /// [`DevError::NoDataDirectory`] for a user without a home directory.
    pub fn default_path() -> Result<PathBuf, DevError> {
        let directories =
            ProjectDirs::from("dev", "dploy", "dploy").ok_or(DevError::NoDataDirectory)?;
        Ok(directories.data_local_dir().to_owned())
    }

    /// Creates a missing directory, locks it, and empties it on `reset`.
    ///
    /// # Errors
    /// [`DevError::DataInUse`] when another process has locked it; [`DevError::Data`] when it
    /// cannot be used.
    pub fn open(wanted: Option<&Path>, reset: bool) -> Result<Self, DevError> {
        let root = match wanted {
            Some(path) => path.to_owned(),
            None => Self::default_path()?,
        };
        let failed =
            |cause: std::io::Error| DevError::Data { directory: root.clone(), cause: cause.into() };
        fs::create_dir_all(&root).map_err(failed)?;
        let lock = File::create(root.join("lock")).map_err(failed)?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(DevError::DataInUse(root)),
            Err(TryLockError::Error(cause)) => return Err(failed(cause)),
        }
        if reset {
            for part in [Self::CLUSTER, Self::ENVIRONMENTS, Self::IDENTITY] {
                remove_if_present(&root.join(part)).map_err(failed)?;
            }
        }
        Ok(Self { root, _lock: lock })
    }

    const CLUSTER: &str = "cluster";
    const ENVIRONMENTS: &str = "environments";
    const IDENTITY: &str = "identity";

    /// The objects of the embedded API server.
    #[must_use]
    pub fn cluster(&self) -> PathBuf {
        self.root.join(Self::CLUSTER)
    }

    /// The working directories and logs of environments.
    #[must_use]
    pub fn environments(&self) -> PathBuf {
        self.root.join(Self::ENVIRONMENTS)
    }

    /// The keys of the development provider and of sessions, in the data directory `root`.
    #[must_use]
    pub fn identity_in(root: &Path) -> PathBuf {
        root.join(Self::IDENTITY)
    }

    /// The keys of the development provider and of sessions.
    #[must_use]
    pub fn identity(&self) -> PathBuf {
        Self::identity_in(&self.root)
    }

    /// The directory itself.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }
}

fn remove_if_present(path: &Path) -> std::io::Result<()> {
    match fs::remove_dir_all(path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
        outcome => outcome,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_process_is_told_so() {
        let directory = tempfile::tempdir().expect("a directory");
        let first = DataDirectory::open(Some(directory.path()), false).expect("the first one");
        let refused = DataDirectory::open(Some(directory.path()), true);
        assert!(matches!(refused, Err(DevError::DataInUse(_))), "{refused:?}");
        drop(first);
        DataDirectory::open(Some(directory.path()), false).expect("the next one");
    }

    #[test]
    fn a_reset_forgets_everything() {
        let directory = tempfile::tempdir().expect("a directory");
        let first = DataDirectory::open(Some(directory.path()), false).expect("a directory");
        fs::create_dir_all(first.cluster().join("deep")).expect("some data");
        drop(first);
        let second = DataDirectory::open(Some(directory.path()), true).expect("a directory");
        assert!(!second.cluster().exists());
    }
}
