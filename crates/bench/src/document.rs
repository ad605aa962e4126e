//! The page that holds the latest run.

use std::{fs, path::Path};

use anyhow::{Context as _, Result};

/// Where the figures begin, and where they end.
const MARKS: (&str, &str) = ("<!-- figures -->\n", "<!-- /figures -->");

/// Replaces what stands between the marks of a file.
pub(crate) fn put(file: &Path, figures: &str) -> Result<()> {
    let text = fs::read_to_string(file).with_context(|| format!("no {}", file.display()))?;
    let text = replaced(&text, figures);
    let text = text.with_context(|| format!("{} has no place for figures", file.display()))?;
    fs::write(file, text).with_context(|| format!("could not write {}", file.display()))
}

fn replaced(text: &str, figures: &str) -> Option<String> {
    let (before, rest) = text.split_once(MARKS.0)?;
    let (_, after) = rest.split_once(MARKS.1)?;
    Some(format!("{before}{}\n{figures}\n{}{after}", MARKS.0, MARKS.1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_between_the_marks_changes() {
        let page = "above\n<!-- figures -->\nold\n<!-- /figures -->\nbelow\n";
        let expected = "above\n<!-- figures -->\n\nnew\n\n<!-- /figures -->\nbelow\n";
        assert_eq!(replaced(page, "new\n").as_deref(), Some(expected));
        assert_eq!(replaced(expected, "new\n").as_deref(), Some(expected));
        assert_eq!(replaced("no marks", "new"), None);
    }
}
