//! Writes the figures into a Markdown page.

use std::{fs, path::Path};

use anyhow::{Context as _, Result};

/// The lines before and after the figures.
const MARKERS: (&str, &str) = ("<!-- figures -->\n", "<!-- /figures -->");

/// Replaces the text between the markers in a file.
pub(crate) fn replace_figures(file: &Path, figures: &str) -> Result<()> {
    let text =
        fs::read_to_string(file).with_context(|| format!("could not read {}", file.display()))?;
    let text = replaced(&text, figures);
    let text =
        text.with_context(|| format!("{} has no markers for the figures", file.display()))?;
    fs::write(file, text).with_context(|| format!("could not write {}", file.display()))
}

fn replaced(text: &str, figures: &str) -> Option<String> {
    let (before, rest) = text.split_once(MARKERS.0)?;
    let (_, after) = rest.split_once(MARKERS.1)?;
    Some(format!("{before}{}\n{figures}\n{}{after}", MARKERS.0, MARKERS.1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_text_between_the_markers_changes() {
        let page = "above\n<!-- figures -->\nold\n<!-- /figures -->\nbelow\n";
        let expected = "above\n<!-- figures -->\n\nnew\n\n<!-- /figures -->\nbelow\n";
        assert_eq!(replaced(page, "new\n").as_deref(), Some(expected));
        assert_eq!(replaced(expected, "new\n").as_deref(), Some(expected));
        assert_eq!(replaced("no markers", "new"), None);
    }
}
