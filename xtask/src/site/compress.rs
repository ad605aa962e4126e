//! Compresses the built files once, so that the server does not compress them at every visit.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use brotli::enc::BrotliEncoderParams;

use super::files::write_if_changed;

/// Brotli's best quality and largest window. Compressing takes seconds here and no time at a visit.
const QUALITY: i32 = 11;
const WINDOW: i32 = 24;

/// Writes a `.br` file beside each file of a directory.
pub(super) fn lay_copies(directory: &Path) -> Result<()> {
    let entries = fs::read_dir(directory)
        .with_context(|| format!("could not list {}", directory.display()))?;
    for entry in entries {
        let path = entry.with_context(|| format!("could not list {}", directory.display()))?.path();
        if path.is_file() && path.extension().is_some_and(|extension| extension != "br") {
            let raw =
                fs::read(&path).with_context(|| format!("could not read {}", path.display()))?;
            write_if_changed(&path.with_added_extension("br"), &brotli(&raw)?)?;
        }
    }
    Ok(())
}

/// `raw`, compressed with brotli.
pub(crate) fn brotli(raw: &[u8]) -> Result<Vec<u8>> {
    let mut compressed = Vec::new();
    let params =
        BrotliEncoderParams { quality: QUALITY, lgwin: WINDOW, ..BrotliEncoderParams::default() };
    brotli::BrotliCompress(&mut &raw[..], &mut compressed, &params)
        .context("could not compress")?;
    Ok(compressed)
}
