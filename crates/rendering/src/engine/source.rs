//! Prepares a template's text for the engine: checks its size and nesting, and rewrites the forms
//! that the engine does not support. Lines keep their numbers.
//!
//! - `{{ else with x }}` becomes `{{ else }}{{ with x }}`, and the block gets a second `{{ end }}`.
//! - Maps are references in Go and values in the engine. `{{ $map = $_ }}` is therefore appended to
//!   `{{ $_ := set $map "a" 1 }}`.

use std::sync::LazyLock;

use regex::Regex;

use crate::{
    error::Fault,
    limits::{MAX_ACTIONS, MAX_BLOCK_DEPTH, MAX_PARENTHESES_DEPTH, MAX_TEMPLATE_BYTES},
};

/// The engine's white space.
const SPACES: [char; 4] = [' ', '\t', '\r', '\n'];

/// The text for the engine.
///
/// # Errors
///
/// When the template exceeds a limit. The fault names the line, unless the text as a whole is too
/// long.
pub(super) fn prepare(text: &str) -> Result<String, Fault> {
    if text.len() > MAX_TEMPLATE_BYTES {
        let size = MAX_TEMPLATE_BYTES / 1024;
        return Err(Fault::new(format!("the template is longer than {size} KiB; shorten it")));
    }
    let mut rewriter = Rewriter { written: String::with_capacity(text.len()), blocks: vec![] };
    let (mut rest, mut line, mut actions) = (text, 1, 0);
    while let Some(start) = rest.find("{{") {
        line += rest[..start].matches('\n').count();
        actions += 1;
        if actions > MAX_ACTIONS {
            let problem = format!("the template has more than {MAX_ACTIONS} actions; shorten it");
            return Err(Fault::at(line, problem));
        }
        rewriter.written.push_str(&rest[..start]);
        let (action, after) = Action::read(&rest[start..], line)?;
        rewriter.action(&action, line)?;
        line += rest[start..rest.len() - after.len()].matches('\n').count();
        rest = after;
    }
    rewriter.written.push_str(rest);
    Ok(rewriter.written)
}

/// The contents of all `{{ … }}`, in their order.
///
/// # Errors
///
/// When parentheses nest too deep.
pub(crate) fn actions(text: &str) -> Result<Vec<&str>, Fault> {
    let (mut found, mut rest) = (Vec::new(), text);
    while let Some(start) = rest.find("{{") {
        let (action, after) = Action::read(&rest[start..], 1)?;
        found.push(action.inner);
        rest = after;
    }
    Ok(found)
}

/// One `{{ … }}` in three pieces: the left delimiter with its trim marker, the content, and the
/// right delimiter with its trim marker.
struct Action<'a> {
    open: &'a str,
    inner: &'a str,
    close: &'a str,
}

impl<'a> Action<'a> {
    /// Reads the action at the start of `text`; returns it and the text after it. An action that is
    /// not closed stays as it is: the engine reports the error.
    fn read(text: &'a str, line: usize) -> Result<(Self, &'a str), Fault> {
        let trims = text[2..].starts_with('-') && text[3..].starts_with(SPACES);
        let opened = if trims { 3 } else { 2 };
        let end = match text[opened..].trim_start_matches(SPACES).strip_prefix("/*") {
            Some(comment) => end_of_comment(comment).map(|end| text.len() - comment.len() + end),
            None => end_of_action(text, line)?,
        };
        let Some(end) = end else {
            return Ok((Self { open: text, inner: "", close: "" }, ""));
        };
        let marker = text[opened..end].strip_suffix('-').filter(|rest| rest.ends_with(SPACES));
        let closed = marker.map_or(end, |rest| opened + rest.len() - 1);
        let pieces = Self {
            open: &text[..opened],
            inner: &text[opened..closed],
            close: &text[closed..end + 2],
        };
        Ok((pieces, &text[end + 2..]))
    }
}

/// The position of the `}}` after the end of a comment.
fn end_of_comment(comment: &str) -> Option<usize> {
    let end = comment.find("*/")?;
    comment[end..].find("}}").map(|at| end + at)
}

/// The position of the `}}` that closes the action at the start of `text`. A `}}` in a string does
/// not close it.
fn end_of_action(text: &str, line: usize) -> Result<Option<usize>, Fault> {
    let mut nesting = 0_usize;
    let mut quoted: Option<char> = None;
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(2) {
        match quoted {
            Some(_) if escaped => escaped = false,
            Some('"' | '\'') if c == '\\' => escaped = true,
            Some(quote) if c == quote => quoted = None,
            Some(_) => {}
            None if matches!(c, '"' | '\'' | '`') => quoted = Some(c),
            None if c == '(' => nesting += 1,
            None if c == ')' => nesting = nesting.saturating_sub(1),
            None if text[at..].starts_with("}}") => return Ok(Some(at)),
            None => {}
        }
        if nesting > MAX_PARENTHESES_DEPTH {
            let problem =
                format!("parentheses nest deeper than {MAX_PARENTHESES_DEPTH}; use variables");
            return Err(Fault::at(line, problem));
        }
    }
    Ok(None)
}

/// Writes the prepared text, action by action.
struct Rewriter {
    written: String,
    /// The open blocks, outermost first.
    blocks: Vec<OpenBlock>,
}

/// The number of `else if` and `else with` in an open block.
#[derive(Default)]
struct OpenBlock {
    ifs: usize,
    withs: usize,
}

impl Rewriter {
    fn action(&mut self, action: &Action<'_>, line: usize) -> Result<(), Fault> {
        let (first, rest) = word(action.inner);
        let inner = match (first, word(rest).0) {
            ("if" | "range" | "with" | "block" | "define", _) => {
                self.blocks.push(OpenBlock::default());
                action.inner.to_owned()
            }
            ("else", "if") => {
                self.count(|block| block.ifs += 1);
                action.inner.to_owned()
            }
            ("else", "with") => {
                self.count(|block| block.withs += 1);
                action.inner.replacen("with", "}}{{ with", 1)
            }
            ("end", _) => self.end(action.inner),
            _ => followed_by_assignment(action.inner),
        };
        if self.depth() > MAX_BLOCK_DEPTH {
            let problem =
                format!("blocks nest deeper than {MAX_BLOCK_DEPTH}; use {{{{ define }}}}");
            return Err(Fault::at(line, problem));
        }
        self.written.extend([action.open, &inner, action.close]);
        Ok(())
    }

    fn count(&mut self, add: impl FnOnce(&mut OpenBlock)) {
        if let Some(block) = self.blocks.last_mut() {
            add(block);
        }
    }

    fn depth(&self) -> usize {
        self.blocks.iter().map(|block| 1 + block.ifs + block.withs).sum()
    }

    /// Writes one `end` for the block and one for each `else with` in it.
    fn end(&mut self, inner: &str) -> String {
        let withs = self.blocks.pop().map_or(0, |block| block.withs);
        format!("{inner}{}", "}}{{ end ".repeat(withs))
    }
}

/// The first word and the rest. The word ends at any other character, not only at a space
/// (`if(true)`).
pub(crate) fn word(inner: &str) -> (&str, &str) {
    let inner = inner.trim_start_matches(SPACES);
    inner.split_at(inner.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(inner.len()))
}

static DECLARATION: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"^\s*(\$\w+)\s*:?=\s*").ok());
static CHANGE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"^\s*(?:set|unset|(?:must)?[mM]erge(?:Overwrite)?)\s+(\$\w+)(?:\s|$)").ok()
});

/// The action. When it changes the map of a variable, the assignment of the result follows.
fn followed_by_assignment(inner: &str) -> String {
    assignment(inner).unwrap_or_else(|| inner.to_owned())
}

fn assignment(inner: &str) -> Option<String> {
    let declaration = DECLARATION.as_ref()?.captures(inner);
    let pipeline = declaration.as_ref().map_or(inner, |found| &inner[found[0].len()..]);
    let changed = CHANGE.as_ref()?.captures(last_command(pipeline))?.get(1)?.as_str();
    Some(match declaration {
        Some(declared) => format!("{inner}}}}}{{{{ {changed} = {} ", &declared[1]),
        None => format!(" {changed} = {inner}}}}}{{{{ {changed} "),
    })
}

/// The command after the last `|` that is not in parentheses or in a string.
fn last_command(pipeline: &str) -> &str {
    let mut nesting = 0_usize;
    let mut quoted: Option<char> = None;
    let mut escaped = false;
    let mut start = 0;
    for (at, c) in pipeline.char_indices() {
        match quoted {
            Some(_) if escaped => escaped = false,
            Some('"' | '\'') if c == '\\' => escaped = true,
            Some(quote) if c == quote => quoted = None,
            Some(_) => {}
            None => match c {
                '"' | '\'' | '`' => quoted = Some(c),
                '(' => nesting += 1,
                ')' => nesting = nesting.saturating_sub(1),
                '|' if nesting == 0 => start = at + 1,
                _ => {}
            },
        }
    }
    &pipeline[start..]
}
