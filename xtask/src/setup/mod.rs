//! Installs what a fresh machine lacks, and only what is missing.

mod chromium;
mod npm;

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::command;
use crate::progress;
use crate::workspace::Workspace;

pub(crate) use chromium::{Browser, CHROMIUM_PATH};

/// Installs everything that the other tasks would install.
pub(crate) fn everything(workspace: &Workspace) -> Result<()> {
    wasm_target()?;
    wasm_opt(workspace)?;
    end2end(workspace)?;
    progress::note("Everything is there.");
    Ok(())
}

/// The standard library for the browser. `rust-toolchain.toml` names it too, but a toolchain that
/// was installed without rustup's help may lack it.
pub(crate) fn wasm_target() -> Result<()> {
    let sysroot = command::read(Command::new("rustc").args(["--print", "sysroot"]))?;
    if Path::new(sysroot.trim()).join("lib/rustlib/wasm32-unknown-unknown").is_dir() {
        return Ok(());
    }
    progress::timed("Install the target wasm32-unknown-unknown", || {
        command::run(Command::new("rustup").args(["target", "add", "wasm32-unknown-unknown"]))
            .context("the browser's part needs Rust's target wasm32-unknown-unknown")
    })
}

/// Installs Binaryen's `wasm-opt`; `None` on a machine without npm.
pub(crate) fn wasm_opt(workspace: &Workspace) -> Result<Option<PathBuf>> {
    if !npm::is_there() {
        progress::note(
            "There is no npm, so the web app stays without wasm-opt (a larger download).",
        );
        return Ok(None);
    }
    let packages = workspace.cache().join("npm");
    npm::copy_manifest(&workspace.root.join("xtask/npm"), &packages)?;
    npm::install(&packages, "wasm-opt")?;
    Ok(Some(packages.join("node_modules/.bin/wasm-opt")))
}

/// The packages and the browser of the end-to-end tests.
pub(crate) fn end2end(workspace: &Workspace) -> Result<Browser> {
    if !npm::is_there() {
        bail!(
            "the end-to-end tests need node and npm: install them, on Debian `apt-get install npm`"
        );
    }
    npm::install(&workspace.end2end(), "the end-to-end tests' packages")?;
    chromium::find_or_install(&workspace.end2end())
}
