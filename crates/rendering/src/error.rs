//! What is wrong with a template, told to its author.

use std::fmt;

use gtmpl_ng::{ExecError, ParseError};

/// Why a template could not be rendered. Its text is a sentence for the template's author: which template, which line,
/// what is wrong and what to change. It never quotes rendered text, which may hold secrets.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{template}{}: {problem}", Line(*.line))]
pub struct RenderError {
    /// The field of the template that could not be rendered, e.g. `valuesTemplate`.
    pub template: String,
    /// The line in that field, counted from 1, where it is known.
    pub line: Option<usize>,
    /// What is wrong, and what to change.
    pub problem: String,
}

struct Line(Option<usize>);

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.map_or(Ok(()), |line| write!(f, ", line {line}"))
    }
}

/// What is wrong with a text, before it is known which template it belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fault {
    pub(crate) line: Option<usize>,
    pub(crate) problem: String,
}

impl Fault {
    pub(crate) fn new(problem: impl Into<String>) -> Self {
        Self { line: None, problem: problem.into() }
    }

    pub(crate) fn at(line: usize, problem: impl Into<String>) -> Self {
        Self { line: Some(line), problem: problem.into() }
    }

    pub(crate) fn of(self, template: &str) -> RenderError {
        RenderError { template: template.to_owned(), line: self.line, problem: self.problem }
    }
}

impl From<ParseError> for Fault {
    fn from(error: ParseError) -> Self {
        match error {
            ParseError::WithContext(place, message) => {
                Self { line: (place.line > 0).then_some(place.line), problem: reword(&message) }
            }
            other => Self::new(reword(&other.to_string())),
        }
    }
}

impl From<ExecError> for Fault {
    fn from(error: ExecError) -> Self {
        match error.as_structured() {
            Some(known) => Self::at(known.context.line, reword(&known.message)),
            None => Self::new(reword(&error.to_string())),
        }
    }
}

/// The engine's message in words that say what to change. Messages that would repeat data are cut short.
fn reword(message: &str) -> String {
    let between = |start: &str, end: &str| {
        message.strip_prefix(start).and_then(|rest| rest.split_once(end)).map(|(inner, _)| inner)
    };
    if let Some(name) = between("function ", " not defined") {
        format!("there is no function \"{name}\"; docs/templates.md lists those that exist")
    } else if let Some(field) = between("no field `", "` in ") {
        format!("there is no field \"{field}\" here; docs/templates.md lists the data")
    } else if message == "only maps and objects have fields" {
        "only maps have fields, and this value is none".to_owned()
    } else if message.starts_with("unexpected EOF") || message.starts_with("unexpected end in") {
        "an {{ if }}, {{ range }}, {{ with }}, {{ block }} or {{ define }} is not closed; add {{ end }}"
            .to_owned()
    } else if let Some(rest) = message.strip_prefix("range can't iterate over") {
        let kind = if rest.trim().is_empty() { "an empty text" } else { "this value" };
        format!("range can't iterate over {kind}; it takes lists, maps and whole numbers")
    } else if message.starts_with("unable to compare") {
        "values of different kinds cannot be compared; convert one, e.g. with int or toString"
            .to_owned()
    } else if let Some(rest) = message.strip_prefix("unable to get ") {
        format!("there is no {} in what is indexed", rest.split(" in ").next().unwrap_or_default())
    } else if message.starts_with("unable to call len on") {
        "len takes a text, a list or a map".to_owned()
    } else {
        message.to_owned()
    }
}

#[cfg(test)]
mod tests;
