//! Bundles style sheets: each line `@import "./part.css";` is replaced by that file. Browsers read
//! the rest unchanged, so no CSS tool is needed.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use super::files::write_if_changed;

/// Writes the sheet `main` and everything it imports to `output`.
pub(crate) fn bundle(main: &Path, output: &Path) -> Result<()> {
    let mut sheet = String::new();
    append(main, &mut sheet, &mut BTreeSet::new())?;
    write_if_changed(output, sheet.as_bytes())
}

/// Appends a file once. A sheet that two others import keeps its first place.
fn append(file: &Path, sheet: &mut String, seen: &mut BTreeSet<PathBuf>) -> Result<()> {
    let path = file.canonicalize().with_context(|| format!("no style sheet {}", file.display()))?;
    if !seen.insert(path.clone()) {
        return Ok(());
    }
    let text =
        fs::read_to_string(&path).with_context(|| format!("could not read {}", path.display()))?;
    for line in text.lines() {
        match imported(line)? {
            Some(import) => append(&path.with_file_name(import), sheet, seen)?,
            None => {
                sheet.push_str(line);
                sheet.push('\n');
            }
        }
    }
    Ok(())
}

/// The path in `@import "path";`. Other forms (media, layers, URLs) are refused: shipped, they
/// would be requests for files that do not exist.
fn imported(line: &str) -> Result<Option<&str>> {
    let Some(rest) = line.trim().strip_prefix("@import") else {
        return Ok(None);
    };
    let path = rest.trim().strip_prefix('"').and_then(|rest| rest.strip_suffix("\";"));
    match path {
        Some(path) if !path.contains('"') => Ok(Some(path)),
        _ => bail!("write `@import \"./file.css\";` on a line of its own, not `{}`", line.trim()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn imports_are_replaced_where_they_stand_and_once() {
        let dir = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| {
            write_if_changed(&dir.path().join(name), text.as_bytes()).unwrap();
        };
        write("main.css", "@layer a, b;\n@import \"./a.css\";\n@import \"./parts/b.css\";\n");
        write("a.css", "a {}\n");
        write("parts/b.css", "@import \"../a.css\";\nb {}\n");

        let output = dir.path().join("out/dploy.css");
        bundle(&dir.path().join("main.css"), &output).unwrap();

        assert_eq!(fs::read_to_string(output).unwrap(), "@layer a, b;\na {}\nb {}\n");
    }

    #[test]
    fn an_import_that_would_reach_the_browser_is_refused() {
        for line in ["@import url(a.css);", "@import \"a.css\" print;", "@import \"a.css\""] {
            assert!(imported(line).is_err(), "{line}");
        }
    }
}
