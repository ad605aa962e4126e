//! Values from people do not change the structure of a rendered text.
//!
//! A display name with a line break could otherwise add a privileged pod to a template whose author
//! forgot a `quote`. So a text with such a value is rendered a second time, with the values
//! [masked](crate::masking). Both renderings must have the same documents, lists and keys; only
//! their scalars may differ.

use std::fmt;

use serde_json::Value as Json;

use crate::{error::RenderError, masking::unmask};

/// A value that a person gave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PersonalValue {
    /// The parameter of this name.
    Parameter(String),
    /// The claim of this name.
    Claim(String),
}

impl fmt::Display for PersonalValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Parameter(name) => write!(f, "parameter \"{name}\""),
            Self::Claim(name) => write!(f, "claim \"{name}\""),
        }
    }
}

/// Which values a rendering masks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Masked<'a> {
    None,
    All,
    /// All but this one.
    AllBut(&'a PersonalValue),
}

impl Masked<'_> {
    pub(crate) fn is_masked(self, value: &PersonalValue) -> bool {
        match self {
            Masked::None => false,
            Masked::All => true,
            Masked::AllBut(other) => value != other,
        }
    }
}

/// The documents that `read` makes, unless one of the `values` changes their structure.
///
/// # Errors
///
/// What `read` says; otherwise the name of the value, in `template`.
pub(crate) fn checked(
    template: &str,
    values: &[PersonalValue],
    read: impl Fn(Masked<'_>) -> Result<Vec<Json>, RenderError>,
) -> Result<Vec<Json>, RenderError> {
    let documents = read(Masked::None);
    if values.is_empty() {
        return documents;
    }
    let authored = match (&documents, read(Masked::All)) {
        (Ok(documents), Ok(authored)) if have_same_structure(documents, &authored) => {
            return Ok(documents.clone());
        }
        // The template is wrong whatever the values are.
        (Err(error), Err(_)) => return Err(error.clone()),
        (_, authored) => authored.ok(),
    };
    let changes = |value: &&PersonalValue| match (read(Masked::AllBut(value)), &authored) {
        (Ok(documents), Some(authored)) => !have_same_structure(&documents, authored),
        _ => true,
    };
    // None alone: several do together.
    let value = values.iter().find(changes).unwrap_or(&values[0]);
    Err(RenderError::unquoted(template, value.clone()))
}

/// Whether the documents have the same lists and keys. A masked key is the same as its original.
fn have_same_structure(documents: &[Json], masked: &[Json]) -> bool {
    documents.len() == masked.len()
        && documents.iter().zip(masked).all(|(one, other)| is_same(one, other))
}

fn is_same(one: &Json, masked: &Json) -> bool {
    match (one, masked) {
        (Json::Array(items), Json::Array(others)) => have_same_structure(items, others),
        (Json::Object(entries), Json::Object(others)) => {
            entries.len() == others.len()
                && others.iter().all(|(key, masked)| {
                    entries.get(&*unmask(key)).is_some_and(|value| is_same(value, masked))
                })
        }
        (Json::Array(_) | Json::Object(_), _) | (_, Json::Array(_) | Json::Object(_)) => false,
        _ => true,
    }
}

#[cfg(test)]
mod tests;
