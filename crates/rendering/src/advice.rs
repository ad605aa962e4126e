//! Advice for the author of a template that can be launched.

use resources::{DployInstance, Parameter};
use serde_json::Value as Json;

use crate::{
    TemplateData, check_structure,
    parameters::{is_allowed, whole_pattern},
};

/// Values that change the structure of YAML where they are not quoted.
const PROBES: [&str; 9] = ["a: b", "a, b", "a #b", "*a", "- a", "{a}", "\"", "'", "a\\"];
/// Claims that people can edit at their provider, for templates that read claims by computed names.
const EDITABLE_CLAIMS: [&str; 4] = ["name", "nickname", "email", "preferred_username"];

/// What the author should mend: a pattern that takes no value, or a value without `quote`. A launch
/// with such a value is refused ([`check_structure`]). `data` is that of an example.
#[must_use]
pub fn advice(data: TemplateData<'_>, parameters: &[Parameter]) -> Option<String> {
    if let Some(parameter) = parameters.iter().find(|it| whole_pattern(it).is_err()) {
        let name = &parameter.name;
        return Some(format!("The pattern of parameter \"{name}\" is invalid: it takes no value."));
    }
    let unquoted = PROBES.iter().find_map(|probe| {
        let instance = probed(data, parameters, probe);
        check_structure(TemplateData { instance: &instance, ..data }).err()?.unquoted
    })?;
    Some(format!(
        "Quote {unquoted} in its texts (`| quote`): a value with characters that mean something in \
         YAML is refused."
    ))
}

/// The example with the probe in each parameter that takes it and in each claim that is read.
fn probed(data: TemplateData<'_>, parameters: &[Parameter], probe: &str) -> DployInstance {
    let mut instance = data.instance.clone();
    let taking = parameters.iter().filter(|it| is_allowed(it, probe));
    let params = taking.map(|it| (it.name.clone(), probe.to_owned()));
    instance.spec.params.extend(params);
    let claim = |name: &str| (name.to_owned(), Json::from(probe));
    instance.spec.claims = match &data.revision.claims {
        Some(names) => names.iter().map(|name| claim(name)).collect(),
        None => EDITABLE_CLAIMS.into_iter().map(claim).collect(),
    };
    instance
}

#[cfg(test)]
mod tests;
