//! The web app's files in `target/site`: what cargo-leptos would put there, without cargo-leptos.
//!
//! Cargo decides what has to be compiled again; the other parts compare what they are made from.

pub(crate) mod compress;
mod files;
mod optimize;
mod styles;
mod wasm;

use std::path::PathBuf;

use anyhow::Result;

use crate::progress;
use crate::setup;
use crate::workspace::Workspace;

use optimize::Optimizer;
use wasm::Package;

/// How much work goes into the result.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Flavour {
    /// Built in seconds.
    Debug,
    /// Small and fast.
    Release,
}

/// Builds the site, as far as it is stale.
pub(crate) fn build(workspace: &Workspace, flavour: Flavour) -> Result<()> {
    setup::wasm_target()?;
    let module = progress::timed("Compile the web app", || wasm::compile(workspace, flavour))?;
    let site = workspace.site();
    let package = Package { directory: site.join("pkg"), stamp: site.with_extension("stamp") };
    progress::timed("Assemble the site", || {
        package.bind(workspace, &module)?;
        let sheet = package.directory.join("dploy.css");
        styles::bundle(&workspace.root.join("style/main.css"), &sheet)?;
        if flavour == Flavour::Release {
            compress::lay_copies(&package.directory)?;
        }
        files::mirror(&workspace.root.join("public"), &site)
    })
}

/// Builds the release module into a place of its own, so that the site that a developer looks at
/// stays the one they built, and returns its path.
pub(crate) fn measured_wasm(workspace: &Workspace) -> Result<PathBuf> {
    setup::wasm_target()?;
    let module = wasm::compile(workspace, Flavour::Release)?;
    let cache = workspace.cache();
    let package =
        Package { directory: cache.join("measured"), stamp: cache.join("measured.stamp") };
    package.bind(workspace, &module)?;
    Ok(package.wasm())
}
