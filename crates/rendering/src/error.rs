//! Errors for the authors of templates.

use std::fmt;

use gtmpl_ng::{ExecError, ParseError};

use crate::structure::PersonalValue;

/// The reason why a template cannot be rendered, for its author: the field, the line, the problem
/// and what to change. It never quotes rendered text, which may contain secrets.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{template}{}: {problem}", Line(*.line))]
pub struct RenderError {
    /// The field of the template, e.g. `valuesTemplate`.
    pub template: String,
    /// The line in that field, counted from 1; `None` when it is unknown.
    pub line: Option<usize>,
    /// The problem and what to change.
    pub problem: String,
    /// The value that changes the structure of the rendered text, if that is the problem.
    pub unquoted: Option<PersonalValue>,
}

impl RenderError {
    /// The value changes the structure of the text that the template renders.
    pub(crate) fn unquoted(template: &str, value: PersonalValue) -> Self {
        let problem = format!(
            "the {value} changes the structure of the rendered text; quote it in the template \
             (`| quote`)"
        );
        Self { template: template.to_owned(), line: None, problem, unquoted: Some(value) }
    }
}

struct Line(Option<usize>);

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.map_or(Ok(()), |line| write!(f, ", line {line}"))
    }
}

/// A [`RenderError`] that does not name its template yet.
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

    pub(crate) fn in_template(self, template: &str) -> RenderError {
        RenderError {
            template: template.to_owned(),
            line: self.line,
            problem: self.problem,
            unquoted: None,
        }
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

/// Rewords a message of the engine so that it says what to change, and removes data from it.
fn reword(message: &str) -> String {
    let between = |start: &str, end: &str| {
        message.strip_prefix(start).and_then(|rest| rest.split_once(end)).map(|(inner, _)| inner)
    };
    if let Some(name) = between("function ", " not defined") {
        format!("there is no function \"{name}\"; docs/templates.md lists the functions")
    } else if let Some(field) = between("no field `", "` in ") {
        format!("there is no field \"{field}\" here; docs/templates.md lists the data")
    } else if message == "only maps and objects have fields" {
        "this value is not a map, so it has no fields".to_owned()
    } else if message.starts_with("unexpected EOF") || message.starts_with("unexpected end in") {
        "an {{ if }}, {{ range }}, {{ with }}, {{ block }} or {{ define }} is not closed; add {{ end }}"
            .to_owned()
    } else if let Some(rest) = message.strip_prefix("range can't iterate over") {
        let kind = if rest.trim().is_empty() { "an empty text" } else { "this value" };
        format!("range cannot iterate over {kind}; it takes lists, maps and whole numbers")
    } else if message.starts_with("unable to compare") {
        "values of different kinds cannot be compared; convert one, e.g. with int or toString"
            .to_owned()
    } else if let Some(rest) = message.strip_prefix("unable to get ") {
        format!("the indexed value has no entry {}", rest.split(" in ").next().unwrap_or_default())
    } else if message.starts_with("unable to call len on") {
        "len takes a text, a list or a map".to_owned()
    } else {
        message.to_owned()
    }
}

#[cfg(test)]
mod tests;
