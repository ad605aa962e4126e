//! Packages from npm, installed below the project and never globally.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};

use crate::command;
use crate::progress;

const LOCK: &str = "package-lock.json";

pub(crate) fn is_there() -> bool {
    command::exists("npm")
}

/// Copies `package.json` and its lock file to the directory of the packages.
pub(crate) fn copy_manifest(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to).with_context(|| format!("could not make {}", to.display()))?;
    for file in ["package.json", LOCK] {
        fs::copy(from.join(file), to.join(file))
            .with_context(|| format!("could not copy {file} to {}", to.display()))?;
    }
    Ok(())
}

/// Installs the packages of the lock file, unless they are installed.
pub(crate) fn install(directory: &Path, what: &str) -> Result<()> {
    let lock = fs::read_to_string(directory.join(LOCK))
        .with_context(|| format!("no {LOCK} in {}", directory.display()))?;
    let installed = directory.join("node_modules/.installed-lock.json");
    if fs::read_to_string(&installed).is_ok_and(|present| present == lock) {
        return Ok(());
    }
    progress::timed(&format!("Install {what} (npm ci)"), || {
        let mut npm = Command::new("npm");
        npm.args(["ci", "--no-audit", "--no-fund"]).current_dir(directory);
        // The system provides the browser; a test runner would download another 150 MB.
        command::run(npm.env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1"))
    })?;
    fs::write(&installed, lock).context("could not note what is installed")
}
