//! Builds the web app's files into `target/site`, as cargo-leptos would.
//!
//! Cargo decides what to compile again. The other parts compare their inputs.

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

/// The kind of build.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Flavour {
    /// Fast to build.
    Debug,
    /// Small and fast to run.
    Release,
}

/// Builds the stale parts of the site.
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

/// Builds the release module into its own directory and returns its path. The site that a
/// developer looks at stays as it is.
pub(crate) fn measured_wasm(workspace: &Workspace) -> Result<PathBuf> {
    setup::wasm_target()?;
    let module = wasm::compile(workspace, Flavour::Release)?;
    let cache = workspace.cache();
    let package =
        Package { directory: cache.join("measured"), stamp: cache.join("measured.stamp") };
    package.bind(workspace, &module)?;
    Ok(package.wasm())
}
