//! Helm's functions `toYaml` and `fromYaml`.

use gtmpl_ng::Value;

use super::{
    args::{exactly, text},
    bounded_text::BoundedText,
    function::{Entry, FuncResult, call_error},
};
use crate::{
    masking::{again_all, plain},
    value::{from_json, to_json},
    yaml,
};

pub(super) const FUNCTIONS: &[Entry] = &[("fromYaml", from_yaml), ("toYaml", to_yaml)];

fn to_yaml(args: &[Value]) -> FuncResult {
    let [value] = exactly("toYaml", args)?;
    let mut written = BoundedText::default();
    serde_yaml_ng::to_writer(&mut written, &to_json(value))
        .map_err(|error| call_error(error.to_string()))?;
    Ok(String::from(written).trim_end_matches('\n').into())
}

fn from_yaml(args: &[Value]) -> FuncResult {
    let [written] = exactly("fromYaml", args)?;
    let json = yaml::document(&plain(text(written)?))
        .map_err(|fault| call_error(format!("fromYaml: {}", fault.problem)))?;
    Ok(again_all(from_json(&json)))
}
