//! Builds `dploy.js` and `dploy.wasm` from the crate `frontend`.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use wasm_bindgen_cli_support::Bindgen;

use super::{Flavour, Optimizer};
use crate::command;
use crate::workspace::Workspace;

const TARGET: &str = "wasm32-unknown-unknown";

/// Compiles the crate.
pub(crate) fn compile(workspace: &Workspace, flavour: Flavour) -> Result<Module> {
    let (profile, directory) = match flavour {
        Flavour::Debug => ("dev", "debug"),
        Flavour::Release => ("wasm-release", "wasm-release"),
    };
    command::run(command::cargo(&workspace.root).args([
        "build",
        "--package=frontend",
        "--lib",
        "--target",
        TARGET,
        "--profile",
        profile,
    ]))?;
    let path = workspace.target.join(TARGET).join(directory).join("frontend.wasm");
    Ok(Module { path, flavour })
}

/// The browser's files.
pub(crate) struct Package {
    /// The directory, which contains only these files.
    pub(crate) directory: PathBuf,
    /// A file beside the directory that identifies the inputs of the build.
    pub(crate) stamp: PathBuf,
}

impl Package {
    /// Makes the browser's files from a compiled module, unless the package was made from this
    /// module.
    pub(crate) fn bind(&self, workspace: &Workspace, module: &Module) -> Result<()> {
        let optimizer = match module.flavour {
            Flavour::Debug => Optimizer::None,
            Flavour::Release => Optimizer::find(workspace)?,
        };
        let origin = module.origin(&optimizer)?;
        let fresh = fs::read_to_string(&self.stamp).is_ok_and(|written| written == origin);
        if fresh && self.wasm().is_file() {
            return Ok(());
        }
        if self.directory.exists() {
            fs::remove_dir_all(&self.directory).context("could not empty the package")?;
        }
        module.generate(&self.directory)?;
        let raw = self.directory.join("dploy_bg.wasm");
        optimizer.apply(&raw, &self.wasm())?;
        fs::remove_file(&raw).context("could not remove the module that was optimized")?;
        fs::write(&self.stamp, origin).context("could not write the stamp of the package")
    }

    /// The module under the name by which leptos loads it (`LEPTOS_OUTPUT_NAME` in
    /// `.cargo/config.toml`).
    pub(crate) fn wasm(&self) -> PathBuf {
        self.directory.join("dploy.wasm")
    }
}

/// The module that cargo compiled.
pub(crate) struct Module {
    path: PathBuf,
    flavour: Flavour,
}

impl Module {
    fn generate(&self, directory: &Path) -> Result<()> {
        // Names make the stack traces of a debug build readable. A release does not need them.
        let strip = self.flavour == Flavour::Release;
        Bindgen::new()
            .input_path(&self.path)
            .web(true)?
            .out_name("dploy")
            .typescript(false)
            // The page names the module. There is no `dploy_bg.wasm` as a fallback.
            .omit_default_module_path(true)
            .remove_name_section(strip)
            .remove_producers_section(strip)
            .generate(directory)
            .context("wasm-bindgen could not process the web app")
    }

    /// The inputs of a package of this module: the module and the tools.
    fn origin(&self, optimizer: &Optimizer) -> Result<String> {
        let path = self.path.display();
        let file = fs::metadata(&self.path).with_context(|| format!("no {path}"))?;
        let changed = file.modified().context("no time of the last change")?;
        Ok(format!("{path} {} {changed:?} {optimizer}", file.len()))
    }
}
