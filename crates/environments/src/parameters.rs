//! The values that a template takes at launch. Pure.

use std::collections::BTreeMap;

use regex::RegexBuilder;
use resources::Parameter;
use tracing::warn;

use crate::Refusal;

/// The longest value, in characters.
const LONGEST: usize = 256;
/// How large a declared pattern may become when it is compiled, in bytes.
const LARGEST_PATTERN: usize = 1 << 20;

/// The values of the declared parameters: what was given, else the default. Undeclared ones are ignored; an empty one
/// counts as not given, as forms send it so.
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
    value.chars().count() <= LONGEST
        && (!is_free || value.chars().all(is_harmless))
        && (parameter.choices.is_empty() || parameter.choices.iter().any(|it| it == value))
        && (parameter.pattern.is_empty() || matches_whole(parameter, value))
}

/// Whether the character cannot break out of the YAML that it is rendered into.
fn is_harmless(c: char) -> bool {
    c.is_alphabetic() || c.is_ascii_digit() || " ._/@+=-".contains(c)
}

/// A pattern that cannot be used lets nothing pass.
fn matches_whole(parameter: &Parameter, value: &str) -> bool {
    let whole = format!(r"\A(?:{})\z", parameter.pattern);
    match RegexBuilder::new(&whole).size_limit(LARGEST_PATTERN).build() {
        Ok(pattern) => pattern.is_match(value),
        Err(error) => {
            let error: &dyn std::error::Error = &error;
            warn!(parameter = parameter.name, error, "a parameter's pattern cannot be used");
            false
        }
    }
}

#[cfg(test)]
mod tests;
