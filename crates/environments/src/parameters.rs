//! The parameters of a launch. Pure.

use std::collections::BTreeMap;

use rendering::parameters::is_allowed;
use resources::Parameter;

use crate::Refusal;

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

#[cfg(test)]
mod tests;
