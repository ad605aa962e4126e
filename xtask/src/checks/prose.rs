//! The form of comments and Markdown: lines of at most 100 columns, and a first line in every
//! source file that says what is in it.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail};

use super::Outcome;
use crate::progress;
use crate::workspace::Workspace;

/// The longest line of a comment or of Markdown, in characters.
const MAX_COLUMNS: usize = 100;
/// How many problems are printed; the count says how many there are.
const SHOWN_PROBLEMS: usize = 50;

/// Checks every tracked source and Markdown file.
pub(crate) fn check(workspace: &Workspace) -> Result<Outcome> {
    let mut problems = Vec::new();
    for file in workspace.tracked_files()? {
        let path = workspace.root.join(&file);
        // A file that is deleted but not yet committed is still listed.
        if !path.is_file() {
            continue;
        }
        let Some(check) = check_of(&file) else { continue };
        let text = fs::read_to_string(&path).with_context(|| format!("could not read {file}"))?;
        problems.extend(check(&file, &text).into_iter().map(|problem| format!("{file}:{problem}")));
    }
    for problem in problems.iter().take(SHOWN_PROBLEMS) {
        progress::note(problem);
    }
    if !problems.is_empty() {
        bail!("{} lines of comments or Markdown have the wrong form", problems.len());
    }
    Ok(Outcome::passed())
}

type Check = fn(&str, &str) -> Vec<String>;

fn check_of(file: &str) -> Option<Check> {
    match Path::new(file).extension()?.to_str()? {
        "rs" => Some(source_problems),
        "md" => Some(markdown_problems),
        _ => None,
    }
}

fn source_problems(file: &str, text: &str) -> Vec<String> {
    let mut problems = Vec::new();
    if !is_test(file) && !text.starts_with("//!") {
        problems.push("1: the first line must be `//!` and say what is in the file".to_owned());
    }
    let comments = numbered(text).filter(|(_, line)| line.trim_start().starts_with("//"));
    problems.extend(comments.filter(|(_, line)| is_too_long(line)).map(too_long));
    problems
}

fn markdown_problems(_file: &str, text: &str) -> Vec<String> {
    let mut is_code = false;
    let mut problems = Vec::new();
    for (number, line) in numbered(text) {
        if line.trim_start().starts_with("```") {
            is_code = !is_code;
        } else if !is_code && !line.trim_start().starts_with('|') && is_too_long(line) {
            problems.push(too_long((number, line)));
        }
    }
    problems
}

fn is_test(file: &str) -> bool {
    let is_in_tests = file.split('/').any(|part| part == "tests");
    is_in_tests || file.ends_with("/tests.rs") || file.ends_with("_tests.rs")
}

/// Whether a line could be broken and was not. What has no space in it, such as the target of a
/// link, cannot be broken.
fn is_too_long(line: &str) -> bool {
    if line.chars().count() <= MAX_COLUMNS {
        return false;
    }
    let longest_word = line.split_whitespace().map(|word| word.chars().count()).max();
    longest_word.unwrap_or_default() <= MAX_COLUMNS / 2
}

fn too_long((number, line): (usize, &str)) -> String {
    format!("{number}: {} columns, {MAX_COLUMNS} are allowed", line.chars().count())
}

fn numbered(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.lines().enumerate().map(|(index, line)| (index + 1, line))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_comment_is_found_and_a_long_line_of_code_is_not() {
        let long = "word ".repeat(25);
        let text = format!("//! What is here.\n// {long}\nlet text = \"{long}\";\n");
        assert_eq!(source_problems("src/a.rs", &text), ["2: 128 columns, 100 are allowed"]);
    }

    #[test]
    fn every_source_file_but_a_test_says_what_is_in_it() {
        let problems = |file| source_problems(file, "use std::fs;\n").len();
        assert_eq!(problems("src/a.rs"), 1);
        assert_eq!(problems("src/tests/a.rs"), 0);
        assert_eq!(problems("crates/a/src/b/tests.rs"), 0);
    }

    #[test]
    fn tables_code_and_long_links_of_markdown_may_be_wide() {
        let long = "word ".repeat(25);
        let link = format!("[a](https://example.org/{})", "x".repeat(100));
        let text = format!("| {long} |\n```\n{long}\n```\n{link}\n{long}\n");
        assert_eq!(markdown_problems("a.md", &text), ["6: 125 columns, 100 are allowed"]);
    }
}
