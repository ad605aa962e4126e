//! A copy of the workspace's sources, which mutations may change.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use super::mutations::Mutation;
use crate::workspace::Workspace;

/// What the simulation is not built from. Cargo finds the configuration of the workspace itself
/// above the copy, and would join the flags of both.
const LEFT_OUT: [&str; 4] = [".cargo/", "charts/", "docs/", "end2end/"];

/// A copy of the workspace's sources.
pub(super) struct Tree {
    pub(super) root: PathBuf,
}

impl Tree {
    /// Brings the copy in `root` up to date. An unchanged file keeps its time, so that cargo does
    /// not build it again.
    pub(super) fn of(workspace: &Workspace, root: PathBuf) -> Result<Self> {
        let listed = ["ls-files", "-z", "--cached", "--others", "--exclude-standard"];
        let files = workspace.git_paths(&listed)?;
        let is_wanted = |file: &String| {
            !LEFT_OUT.iter().any(|left_out| file.starts_with(left_out))
                && workspace.root.join(file).is_file()
        };
        let files: BTreeSet<String> = files.into_iter().filter(is_wanted).collect();
        let tree = Self { root };
        for file in &files {
            tree.write(file, &read(&workspace.root.join(file))?)?;
        }
        remove_others(&tree.root, &tree.root, &files)?;
        Ok(tree)
    }

    /// Changes the files of the mutation. Returns them as they were.
    pub(super) fn apply(&self, mutation: &Mutation) -> Result<Vec<(String, Vec<u8>)>> {
        let mut originals = Vec::new();
        for edit in &mutation.edits {
            let before = read(&self.root.join(&edit.file))?;
            let text = String::from_utf8(before.clone())?;
            self.write(&edit.file, edit.apply(&text)?.as_bytes())?;
            originals.push((edit.file.clone(), before));
        }
        Ok(originals)
    }

    /// Restores the files that a mutation has changed.
    pub(super) fn restore(&self, originals: Vec<(String, Vec<u8>)>) -> Result<()> {
        // Of several edits of one file, the first one met the original.
        originals.into_iter().rev().try_for_each(|(file, before)| self.write(&file, &before))
    }

    fn write(&self, file: &str, contents: &[u8]) -> Result<()> {
        let path = self.root.join(file);
        if fs::read(&path).is_ok_and(|before| before == contents) {
            return Ok(());
        }
        if let Some(directory) = path.parent() {
            fs::create_dir_all(directory)?;
        }
        fs::write(&path, contents).with_context(|| format!("could not write {}", path.display()))
    }
}

fn read(path: &Path) -> Result<Vec<u8>> {
    fs::read(path).with_context(|| format!("could not read {}", path.display()))
}

/// Removes the files that are no longer in the workspace.
fn remove_others(root: &Path, directory: &Path, files: &BTreeSet<String>) -> Result<()> {
    for entry in fs::read_dir(directory)? {
        let path = entry?.path();
        if path.is_dir() {
            remove_others(root, &path, files)?;
        } else if !files.contains(&*path.strip_prefix(root)?.to_string_lossy()) {
            fs::remove_file(&path)?;
        }
    }
    Ok(())
}
