//! Binaryen's `wasm-opt`, if npm is there to install it.

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::command;
use crate::setup;
use crate::workspace::Workspace;

/// The step that makes a module smaller after wasm-bindgen.
pub(crate) enum Optimizer {
    /// No step: the module stays as it is.
    None,
    /// `wasm-opt` at this path.
    WasmOpt(PathBuf),
}

/// The features of rustc's wasm target. wasm-opt refuses a module that uses another one.
const FEATURES: [&str; 6] = [
    "--enable-bulk-memory",
    "--enable-multivalue",
    "--enable-mutable-globals",
    "--enable-nontrapping-float-to-int",
    "--enable-reference-types",
    "--enable-sign-ext",
];

impl Optimizer {
    /// `wasm-opt`, which is installed first if it is missing; no step on a machine without npm.
    pub(crate) fn find(workspace: &Workspace) -> Result<Self> {
        Ok(setup::wasm_opt(workspace)?.map_or(Self::None, Self::WasmOpt))
    }

    /// Writes the optimized `input` to `output`.
    pub(crate) fn apply(&self, input: &Path, output: &Path) -> Result<()> {
        match self {
            Self::None => {
                fs::copy(input, output).context("could not copy the module")?;
                Ok(())
            }
            Self::WasmOpt(tool) => {
                let mut wasm_opt = Command::new(tool);
                wasm_opt.arg("-Oz").args(FEATURES).arg(input).arg("-o").arg(output);
                command::run(&mut wasm_opt)
            }
        }
    }
}

impl fmt::Display for Optimizer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::None => f.write_str("as compiled"),
            Self::WasmOpt(tool) => write!(f, "{}", tool.display()),
        }
    }
}
