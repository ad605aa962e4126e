//! Helm's YAML functions.

use gtmpl_ng::Value;

use super::{
    Entry,
    args::{Answer, Text, exactly, text, wrong},
};
use crate::{
    engine::value::{from_json, to_json},
    yaml,
};

pub(super) const FUNCTIONS: &[Entry] = &[("fromYaml", from_yaml), ("toYaml", to_yaml)];

fn to_yaml(args: &[Value]) -> Answer {
    let [value] = exactly("toYaml", args)?;
    let mut written = Text::default();
    serde_yaml_ng::to_writer(&mut written, &to_json(value))
        .map_err(|error| wrong(error.to_string()))?;
    Ok(String::from(written).trim_end_matches('\n').into())
}

fn from_yaml(args: &[Value]) -> Answer {
    let [written] = exactly("fromYaml", args)?;
    let json = yaml::document(&text(written)?)
        .map_err(|fault| wrong(format!("fromYaml: {}", fault.problem)))?;
    Ok(from_json(&json))
}
