//! Files that are shipped unchanged.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

/// The part of the site that is built, not copied.
const BUILT: &str = "pkg";

/// Makes `site` a copy of `public`, beside the built package.
pub(crate) fn mirror(public: &Path, site: &Path) -> Result<()> {
    let wanted = files_below(public)?;
    for file in &wanted {
        write_if_changed(&site.join(file), &read(&public.join(file))?)?;
    }
    for file in files_below(site)?.difference(&wanted).filter(|file| !file.starts_with(BUILT)) {
        let stale = site.join(file);
        fs::remove_file(&stale).with_context(|| format!("could not remove {}", stale.display()))?;
    }
    Ok(())
}

/// Writes a file if its content differs, so that an unchanged file keeps its time of change.
pub(crate) fn write_if_changed(path: &Path, content: &[u8]) -> Result<()> {
    if fs::read(path).is_ok_and(|present| present == content) {
        return Ok(());
    }
    if let Some(directory) = path.parent() {
        fs::create_dir_all(directory)
            .with_context(|| format!("could not make {}", directory.display()))?;
    }
    fs::write(path, content).with_context(|| format!("could not write {}", path.display()))
}

fn read(path: &Path) -> Result<Vec<u8>> {
    fs::read(path).with_context(|| format!("could not read {}", path.display()))
}

/// The files below a directory, relative to it.
fn files_below(directory: &Path) -> Result<BTreeSet<PathBuf>> {
    let mut files = BTreeSet::new();
    let mut open = vec![PathBuf::new()];
    while let Some(relative) = open.pop() {
        let absolute = directory.join(&relative);
        let entries = fs::read_dir(&absolute)
            .with_context(|| format!("could not list {}", absolute.display()))?;
        for entry in entries {
            let entry = entry.with_context(|| format!("could not list {}", absolute.display()))?;
            let path = relative.join(entry.file_name());
            if entry.path().is_dir() {
                open.push(path);
            } else {
                files.insert(path);
            }
        }
    }
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mirror_takes_over_changes_and_removals_and_leaves_the_package_alone() {
        let dir = tempfile::tempdir().unwrap();
        let (public, site) = (dir.path().join("public"), dir.path().join("site"));
        write_if_changed(&public.join("fonts/inter.woff2"), b"new").unwrap();
        write_if_changed(&site.join("fonts/inter.woff2"), b"old").unwrap();
        write_if_changed(&site.join("gone.svg"), b"stale").unwrap();
        write_if_changed(&site.join("pkg/dploy.js"), b"built").unwrap();

        mirror(&public, &site).unwrap();

        assert_eq!(fs::read(site.join("fonts/inter.woff2")).unwrap(), b"new");
        let left: Vec<_> = files_below(&site).unwrap().into_iter().collect();
        assert_eq!(left, [PathBuf::from("fonts/inter.woff2"), PathBuf::from("pkg/dploy.js")]);
    }
}
