use std::{
    io,
    path::{Path, PathBuf},
};

use tokio::fs;

use crate::engines::EngineError;

/// Where all environments live; made when it is not there.
pub(super) fn root(data_dir: &Path) -> Result<PathBuf, EngineError> {
    let root = data_dir.join("environments");
    std::fs::create_dir_all(&root)
        .and_then(|()| root.canonicalize())
        .map_err(|cause| EngineError::world(format!("create {}", root.display()), cause))
}

/// What belongs to one environment on disk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct EnvironmentDirectory(PathBuf);

impl EnvironmentDirectory {
    /// The directory of the instance of that name. A name is a DNS name, so it cannot lead out of `root`.
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

    /// What the process prints.
    pub(super) fn log(&self) -> PathBuf {
        self.0.join("output.log")
    }

    pub(super) async fn create(&self) -> Result<(), EngineError> {
        let work = self.work();
        fs::create_dir_all(&work)
            .await
            .map_err(|cause| EngineError::world(format!("create {}", work.display()), cause))
    }

    /// Removes everything; "already gone" is fine.
    pub(super) async fn remove(&self) -> Result<(), EngineError> {
        match fs::remove_dir_all(&self.0).await {
            Err(cause) if cause.kind() != io::ErrorKind::NotFound => {
                Err(EngineError::world(format!("remove {}", self.0.display()), cause))
            }
            _ => Ok(()),
        }
    }

    /// The port that the process had when it ran last.
    pub(super) async fn remembered_port(&self) -> Option<u16> {
        fs::read_to_string(self.0.join("port")).await.ok()?.trim().parse().ok()
    }

    /// Remembers the port, so that a restart keeps it. Written beside and renamed: a crash never leaves half a number.
    pub(super) async fn remember_port(&self, port: u16) -> io::Result<()> {
        let fresh = self.0.join("port.new");
        fs::write(&fresh, port.to_string()).await?;
        fs::rename(fresh, self.0.join("port")).await
    }
}
