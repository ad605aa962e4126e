//! The directory of one environment.

use std::{
    io,
    path::{Path, PathBuf},
};

use tokio::fs;

use crate::EngineError;

/// The directory of all environments, which is created if it is missing.
pub(super) fn root(data_dir: &Path) -> Result<PathBuf, EngineError> {
    let root = data_dir.join("environments");
    std::fs::create_dir_all(&root)
        .and_then(|()| root.canonicalize())
        .map_err(|cause| EngineError::world(format!("create {}", root.display()), cause))
}

/// The directory of one environment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct EnvironmentDirectory(PathBuf);

impl EnvironmentDirectory {
    /// The directory of an instance. Its name is a DNS name, so the path stays below `root`.
    pub(super) fn of(root: &Path, instance: &str) -> Self {
        Self(root.join(instance))
    }

    /// The directory itself.
    pub(super) fn path(&self) -> &Path {
        &self.0
    }

    /// The process's working directory.
    pub(super) fn work(&self) -> PathBuf {
        self.0.join("work")
    }

    /// The log of the process's output.
    pub(super) fn log(&self) -> PathBuf {
        self.0.join("output.log")
    }

    pub(super) async fn create(&self) -> Result<(), EngineError> {
        let work = self.work();
        fs::create_dir_all(&work)
            .await
            .map_err(|cause| EngineError::world(format!("create {}", work.display()), cause))
    }

    /// Removes the directory. "Already gone" is fine.
    pub(super) async fn remove(&self) -> Result<(), EngineError> {
        match fs::remove_dir_all(&self.0).await {
            Err(cause) if cause.kind() != io::ErrorKind::NotFound => {
                Err(EngineError::world(format!("remove {}", self.0.display()), cause))
            }
            _ => Ok(()),
        }
    }

    /// The port of the last run.
    pub(super) async fn remembered_port(&self) -> Option<u16> {
        fs::read_to_string(self.0.join("port")).await.ok()?.trim().parse().ok()
    }

    /// Stores the port for the next run. Written to a new file and renamed, so that a crash leaves
    /// no half number.
    pub(super) async fn remember_port(&self, port: u16) -> io::Result<()> {
        let fresh = self.0.join("port.new");
        fs::write(&fresh, port.to_string()).await?;
        fs::rename(fresh, self.0.join("port")).await
    }
}
