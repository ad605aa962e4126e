//! The developer's machine: its variables, programs and packages.

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::Command;

use anyhow::Result;

use crate::command;

/// An environment variable.
#[expect(clippy::disallowed_methods, reason = "the developer's machine is what this is about")]
pub(crate) fn variable(name: &str) -> Option<OsString> {
    std::env::var_os(name)
}

/// The names of all environment variables.
#[expect(clippy::disallowed_methods, reason = "the developer's machine is what this is about")]
pub(crate) fn variable_names() -> impl Iterator<Item = OsString> {
    std::env::vars_os().map(|(name, _)| name)
}

/// The path of a program; `None` if it is not on the path.
pub(crate) fn on_path(program: &str) -> Option<PathBuf> {
    let path = variable("PATH")?;
    std::env::split_paths(&path).map(|directory| directory.join(program)).find(|p| p.is_file())
}

/// Whether this is a Debian, and we may install packages.
pub(crate) fn may_use_apt() -> Result<bool> {
    if !command::exists("apt-get") {
        return Ok(false);
    }
    Ok(command::read(Command::new("id").arg("-u"))?.trim() == "0")
}

/// Installs a Debian package.
pub(crate) fn apt_install(package: &str) -> Result<()> {
    command::run(Command::new("apt-get").arg("update"))?;
    let mut install = Command::new("apt-get");
    install.args(["install", "--yes", "--no-install-recommends", package]);
    command::run(install.env("DEBIAN_FRONTEND", "noninteractive"))
}
