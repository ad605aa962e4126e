//! The paths of this checkout, and its files as git lists them.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};
use cargo_metadata::MetadataCommand;

use crate::command;

/// The paths of this checkout.
pub(crate) struct Workspace {
    /// The directory of the root `Cargo.toml`.
    pub(crate) root: PathBuf,
    /// Cargo's target directory, as the environment or the configuration sets it.
    pub(crate) target: PathBuf,
}

impl Workspace {
    /// Reads the paths from `cargo metadata`.
    pub(crate) fn find() -> Result<Self> {
        let manifest = Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml");
        let metadata = MetadataCommand::new()
            .manifest_path(manifest)
            .no_deps()
            .exec()
            .context("could not read the workspace's metadata")?;
        Ok(Self {
            root: metadata.workspace_root.into_std_path_buf(),
            target: metadata.target_directory.into_std_path_buf(),
        })
    }

    /// The directory of the web app's files. The server embeds it and cargo-leptos uses it. It is
    /// fixed, because a compile-time attribute names it.
    pub(crate) fn site(&self) -> PathBuf {
        self.root.join("target/site")
    }

    /// The directory of what xtask keeps between runs: stamps, tools, measured builds.
    pub(crate) fn cache(&self) -> PathBuf {
        self.target.join("xtask")
    }

    /// The directory of the end-to-end tests.
    pub(crate) fn end2end(&self) -> PathBuf {
        self.root.join("end2end")
    }

    /// The files that git tracks, as paths relative to the root.
    pub(crate) fn tracked_files(&self) -> Result<Vec<String>> {
        self.git_paths(&["ls-files", "-z"])
    }

    /// The paths that a git command prints, separated by NUL bytes.
    pub(crate) fn git_paths(&self, arguments: &[&str]) -> Result<Vec<String>> {
        let printed = command::read(Command::new("git").current_dir(&self.root).args(arguments))?;
        Ok(printed.split_terminator('\0').map(str::to_owned).collect())
    }
}
