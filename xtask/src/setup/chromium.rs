//! A browser for the end-to-end tests: `CHROMIUM_PATH`, the system's, or Playwright's, in this
//! order. On Debian apt installs the system's.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::apt::{apt_install, may_use_apt};
use crate::command;
use crate::progress;
use crate::variables::{on_path, variable};

/// The variable that names the browser to use.
pub(crate) const CHROMIUM_PATH: &str = "CHROMIUM_PATH";

/// A browser that Playwright can drive.
pub(crate) enum Browser {
    /// The executable at this path.
    At(PathBuf),
    /// The browser that Playwright downloaded.
    Playwrights,
}

const SYSTEM: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/// Finds a browser. Installs Debian's if there is none and we have the rights.
pub(crate) fn find_or_install(end2end: &Path) -> Result<Browser> {
    if let Some(browser) = find(end2end)? {
        return Ok(browser);
    }
    if !may_use_apt()? {
        bail!(
            "the end-to-end tests need a chromium: run `apt-get install chromium` as root, or \
             `npx playwright install chromium` in end2end, or set {CHROMIUM_PATH}"
        );
    }
    progress::timed("Install chromium (apt-get)", || apt_install("chromium"))?;
    find(end2end)?.context("apt-get installed chromium, but there is no `chromium` to run")
}

fn find(end2end: &Path) -> Result<Option<Browser>> {
    if let Some(path) = variable(CHROMIUM_PATH).map(PathBuf::from) {
        if !path.is_file() {
            bail!("{CHROMIUM_PATH} names {}, and there is no such file", path.display());
        }
        return Ok(Some(Browser::At(path)));
    }
    if let Some(path) = SYSTEM.iter().find_map(|name| on_path(name)) {
        return Ok(Some(Browser::At(path)));
    }
    let print = "console.log(require('@playwright/test').chromium.executablePath())";
    let own = command::read(Command::new("node").args(["-e", print]).current_dir(end2end))?;
    Ok(Path::new(own.trim()).is_file().then_some(Browser::Playwrights))
}
