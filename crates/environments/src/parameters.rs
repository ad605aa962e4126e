//! The parameters of a launch. Pure.

use std::collections::BTreeMap;

use regex::RegexBuilder;
use resources::Parameter;
use tracing::warn;

use crate::Refusal;

/// The maximum length of a value, in characters.
const MAX_VALUE_LENGTH: usize = 256;
/// The maximum size of a compiled pattern, in bytes.
const MAX_PATTERN_SIZE: usize = 1 << 20;

/// The value of every declared parameter: the given value or the default. Undeclared parameters are
/// ignored. An empty value counts as missing, because a form sends an empty field as such.
pub(crate) fn choose(
    declared: &[Parameter],
    given: &BTreeMap<String, String>,
) -> Result<BTreeMap<String, String>, Refusal> {
    let mut chosen = BTreeMap::new();
    for parameter in declared {
        let value = given.get(&parameter.name).filter(|value| !value.is_empty());
        let value = match value {
            Some(value) if is_allowed(parameter, value) => value,
            Some(_) => return Err(Refusal::InvalidParameter(parameter.name.clone())),
            None if parameter.required => {
                return Err(Refusal::MissingParameter(parameter.name.clone()));
            }
            None => &parameter.default,
        };
        chosen.insert(parameter.name.clone(), value.clone());
    }
    Ok(chosen)
}

fn is_allowed(parameter: &Parameter, value: &str) -> bool {
    let is_free = parameter.choices.is_empty() && parameter.pattern.is_empty();
    value.chars().count() <= MAX_VALUE_LENGTH
        && (!is_free || value.chars().all(is_harmless))
        && (parameter.choices.is_empty() || parameter.choices.iter().any(|it| it == value))
        && (parameter.pattern.is_empty() || matches_whole(parameter, value))
}

/// Whether the character cannot change the structure of the YAML that it is rendered into.
fn is_harmless(c: char) -> bool {
    c.is_alphabetic() || c.is_ascii_digit() || " ._/@+=-".contains(c)
}

/// Whether the pattern matches the whole value. An invalid pattern matches no value.
fn matches_whole(parameter: &Parameter, value: &str) -> bool {
    let whole = format!(r"\A(?:{})\z", parameter.pattern);
    match RegexBuilder::new(&whole).size_limit(MAX_PATTERN_SIZE).build() {
        Ok(pattern) => pattern.is_match(value),
        Err(error) => {
            let error: &dyn std::error::Error = &error;
            warn!(parameter = parameter.name, error, "the pattern of a parameter is invalid");
            false
        }
    }
}

#[cfg(test)]
mod tests;
