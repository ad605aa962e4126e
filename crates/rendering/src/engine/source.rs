//! Reads a template's text before the engine does: bounds its size and nesting, and writes the forms that the engine
//! does not know in those that it does. Lines keep their numbers.
//!
//! - `{{ else with x }}` becomes `{{ else }}{{ with x }}`, with one more `{{ end }}`.
//! - Go's maps are references, the engine's are values. `{{ $_ := set $map "a" 1 }}` gets `{{ $map = $_ }}` behind it.

use std::sync::LazyLock;

use regex::Regex;

use crate::error::Fault;

/// What the engine takes for a space.
const SPACES: [char; 4] = [' ', '\t', '\r', '\n'];

/// The longest template, in bytes.
const LONGEST_TEMPLATE: usize = 128 * 1024;
/// How many `{{ … }}` it may have: the engine looks through all variables at each use of one.
const MOST_ACTIONS: usize = 5_000;
/// How deep parentheses may nest: the engine's parser recurses into them.
const DEEPEST_PARENTHESES: usize = 100;
/// How deep blocks may nest, each `else if` counting as one: the engine's parser recurses into them too.
const DEEPEST_BLOCKS: usize = 64;

/// The text that is given to the engine.
pub(super) fn prepare(text: &str) -> Result<String, Fault> {
    if text.len() > LONGEST_TEMPLATE {
        let problem = format!("it is longer than {} KiB; split it up", LONGEST_TEMPLATE / 1024);
        return Err(Fault::new(problem));
    }
    let mut rewriting = Rewriting { written: String::with_capacity(text.len()), blocks: vec![] };
    let (mut rest, mut line, mut actions) = (text, 1, 0);
    while let Some(start) = rest.find("{{") {
        line += rest[..start].matches('\n').count();
        actions += 1;
        if actions > MOST_ACTIONS {
            return Err(Fault::at(
                line,
                format!("it has more than {MOST_ACTIONS} actions; split it up"),
            ));
        }
        rewriting.written.push_str(&rest[..start]);
        let (action, after) = Action::read(&rest[start..], line)?;
        rewriting.action(&action, line)?;
        line += rest[start..rest.len() - after.len()].matches('\n').count();
        rest = after;
    }
    rewriting.written.push_str(rest);
    Ok(rewriting.written)
}

/// One `{{ … }}`, in three pieces: the delimiter with its trim marker, what stands inside, the other delimiter.
struct Action<'a> {
    open: &'a str,
    inner: &'a str,
    close: &'a str,
}

impl<'a> Action<'a> {
    /// Takes the action at the start of `text`. One that is not closed is left to the engine, which says what is wrong.
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

/// Where the `}}` stands behind a comment's end.
fn end_of_comment(comment: &str) -> Option<usize> {
    let end = comment.find("*/")?;
    comment[end..].find("}}").map(|at| end + at)
}

/// Where the `}}` stands that closes the action at the start of `text`: not one in a string.
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
        if nesting > DEEPEST_PARENTHESES {
            let problem =
                format!("parentheses nest deeper than {DEEPEST_PARENTHESES}; use variables");
            return Err(Fault::at(line, problem));
        }
    }
    Ok(None)
}

/// What was written so far, and which blocks are open: for each the `else if` and `else with` met in it.
struct Rewriting {
    written: String,
    blocks: Vec<Chained>,
}

#[derive(Default)]
struct Chained {
    ifs: usize,
    withs: usize,
}

impl Rewriting {
    fn action(&mut self, action: &Action<'_>, line: usize) -> Result<(), Fault> {
        let (first, rest) = word(action.inner);
        let inner = match (first, word(rest).0) {
            ("if" | "range" | "with" | "block" | "define", _) => {
                self.blocks.push(Chained::default());
                action.inner.to_owned()
            }
            ("else", "if") => {
                self.count(|chained| chained.ifs += 1);
                action.inner.to_owned()
            }
            ("else", "with") => {
                self.count(|chained| chained.withs += 1);
                action.inner.replacen("with", "}}{{ with", 1)
            }
            ("end", _) => self.end(action.inner),
            _ => followed_by_assignment(action.inner),
        };
        if self.depth() > DEEPEST_BLOCKS {
            let problem = format!("blocks nest deeper than {DEEPEST_BLOCKS}; use {{{{ define }}}}");
            return Err(Fault::at(line, problem));
        }
        self.written.extend([action.open, &inner, action.close]);
        Ok(())
    }

    fn count(&mut self, note: impl FnOnce(&mut Chained)) {
        if let Some(chained) = self.blocks.last_mut() {
            note(chained);
        }
    }

    fn depth(&self) -> usize {
        self.blocks.iter().map(|chained| 1 + chained.ifs + chained.withs).sum()
    }

    /// An `end` for the block and one for each `else with` in it.
    fn end(&mut self, inner: &str) -> String {
        let withs = self.blocks.pop().map_or(0, |chained| chained.withs);
        format!("{inner}{}", "}}{{ end ".repeat(withs))
    }
}

/// The word at the start, which need not end in a space (`if(true)`), and what follows it.
fn word(inner: &str) -> (&str, &str) {
    let inner = inner.trim_start_matches(SPACES);
    inner.split_at(inner.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(inner.len()))
}

static DECLARATION: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"^\s*(\$\w+)\s*:?=\s*").ok());
static CHANGE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"^\s*(?:set|unset|(?:must)?[mM]erge(?:Overwrite)?)\s+(\$\w+)(?:\s|$)").ok()
});

/// The action, and behind it the assignment that makes a change to a map in a variable last.
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

/// What stands behind the last `|` that is not in parentheses or in a string.
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
