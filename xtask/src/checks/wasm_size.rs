//! The size of the web app as a first visit downloads it.

use std::fs;

use anyhow::{Context, Result, bail};

use super::Outcome;
use crate::progress;
use crate::site::{self, compress};
use crate::workspace::Workspace;

/// The limit for the compressed module, in bytes.
const LIMIT: usize = 200 * 1000;

/// Builds the release module and compares its compressed size with the limit.
pub(crate) fn check(workspace: &Workspace) -> Result<Outcome> {
    let module = site::measured_wasm(workspace)?;
    let raw = fs::read(&module).with_context(|| format!("could not read {}", module.display()))?;
    let compressed = compress::brotli(&raw)?.len();
    let verdict = format!(
        "{} brotli of {} allowed, {} raw",
        kilobytes(compressed),
        kilobytes(LIMIT),
        kilobytes(raw.len())
    );
    progress::note(&verdict);
    if compressed > LIMIT {
        bail!("the web app is too large: {verdict}");
    }
    Ok(Outcome::Passed(verdict))
}

fn kilobytes(bytes: usize) -> String {
    format!("{}.{} kB", bytes / 1000, bytes % 1000 / 100)
}
