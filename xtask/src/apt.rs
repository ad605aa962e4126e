//! Installs Debian packages with apt.

use std::process::Command;

use anyhow::Result;

use crate::command;

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
