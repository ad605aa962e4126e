//! Functions that wrap long lines.

use gtmpl_ng::{FuncError, Value};

use super::{
    args::{count, exactly, text},
    bounded_text::BoundedText,
    function::{Entry, FuncResult},
};

pub(super) const FUNCTIONS: &[Entry] = &[("wrap", wrap), ("wrapWith", wrap_with)];

fn wrap(args: &[Value]) -> FuncResult {
    let [width, whole] = exactly("wrap", args)?;
    wrapped(&text(whole)?, count("wrap", width)?, "\n", false).map(Value::from)
}

fn wrap_with(args: &[Value]) -> FuncResult {
    let [width, separator, whole] = exactly("wrapWith", args)?;
    let separator = text(separator)?;
    let separator = if separator.is_empty() { "\n" } else { &separator };
    wrapped(&text(whole)?, count("wrapWith", width)?, separator, true).map(Value::from)
}

/// The text in lines of at most `width` characters, joined by `separator`. A longer word is cut
/// when `cut` is set, and otherwise gets a line of its own length.
fn wrapped(
    whole: &str,
    width: usize,
    separator: &str,
    cut: bool,
) -> Result<BoundedText, FuncError> {
    let width = width.max(1);
    let all: Vec<char> = whole.chars().collect();
    let line = |from: usize, to: usize| all[from..to].iter().collect::<String>();
    let mut lines = BoundedText::default();
    let mut start = 0;
    while all.len() - start > width {
        if all[start] == ' ' {
            start += 1;
            continue;
        }
        let (end, next) = match last_space(&all, start, start + width) {
            Some(space) => (space, space + 1),
            None if cut => (start + width, start + width),
            None => match all[start + width..].iter().position(|c| *c == ' ') {
                Some(ahead) => (start + width + ahead, start + width + ahead + 1),
                None => break,
            },
        };
        lines.push(&line(start, end))?;
        lines.push(separator)?;
        start = next;
    }
    lines.push(&line(start, all.len()))?;
    Ok(lines)
}

/// The position of the last space from `start` to `end`, both included.
fn last_space(all: &[char], start: usize, end: usize) -> Option<usize> {
    (start..=end).rev().find(|at| all[*at] == ' ')
}
