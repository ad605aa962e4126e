//! Breaking long lines at spaces.

use gtmpl_ng::{FuncError, Value};

use super::{
    Entry,
    args::{Answer, Text, count, exactly, text},
};

pub(super) const FUNCTIONS: &[Entry] = &[("wrap", wrap), ("wrapWith", wrap_with)];

fn wrap(args: &[Value]) -> Answer {
    let [width, whole] = exactly("wrap", args)?;
    wrapped(&text(whole)?, count("wrap", width)?, "\n", false).map(Value::from)
}

fn wrap_with(args: &[Value]) -> Answer {
    let [width, separator, whole] = exactly("wrapWith", args)?;
    let separator = text(separator)?;
    let separator = if separator.is_empty() { "\n" } else { &separator };
    wrapped(&text(whole)?, count("wrapWith", width)?, separator, true).map(Value::from)
}

/// Lines of at most `width` characters with `separator` between them. A longer word stands out, or is cut.
fn wrapped(whole: &str, width: usize, separator: &str, cut: bool) -> Result<Text, FuncError> {
    let width = width.max(1);
    let all: Vec<char> = whole.chars().collect();
    let line = |from: usize, to: usize| all[from..to].iter().collect::<String>();
    let mut lines = Text::default();
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

/// The last space from `start` to `end`, both included.
fn last_space(all: &[char], start: usize, end: usize) -> Option<usize> {
    (start..=end).rev().find(|at| all[*at] == ' ')
}
