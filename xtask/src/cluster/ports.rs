//! The ports of the cluster. They were free when it was created, and it keeps them, because its
//! kubeconfig names one.

use std::fs;
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

pub(crate) struct Ports {
    directory: PathBuf,
}

impl Ports {
    pub(crate) fn at(directory: &Path) -> Result<Self> {
        fs::create_dir_all(directory)
            .with_context(|| format!("could not make {}", directory.display()))?;
        Ok(Self { directory: directory.to_owned() })
    }

    /// The port for `use_`, which is chosen at the first call.
    pub(crate) fn of(&self, purpose: &str) -> Result<u16> {
        let file = self.directory.join(purpose);
        if let Ok(noted) = fs::read_to_string(&file) {
            return noted.parse().with_context(|| format!("{} holds no port", file.display()));
        }
        let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
            .and_then(|listener| listener.local_addr())
            .context("could not find a free port")?
            .port();
        fs::write(&file, port.to_string())
            .with_context(|| format!("could not write {}", file.display()))?;
        Ok(port)
    }
}
