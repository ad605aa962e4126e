use std::collections::BTreeSet;

use resources::{DployInstanceSpec, OperatorConfigSpec, TemplateRevision};
use rstest::rstest;

use super::*;

#[rstest]
#[case("x: {{ .Claims.name }}", Some("claim \"name\""))]
#[case("x: {{ .Claims.name | quote }}", None)]
#[case("x: \"{{ .Params.free }}\"", None)]
#[case("x: \"{{ .Params.any }}\"", Some("parameter \"any\""))]
#[case("x: {{ .Params.any | toJson }}", None)]
#[case("x: {{ .Params.word }}", None)]
#[case("x: {{ .Params.choice }}", Some("parameter \"choice\""))]
#[case("x: {{ .Claims.name | trunc }}", None)]
fn an_unquoted_value_is_named(#[case] template: &str, #[case] expected: Option<&str>) {
    let parameter = |name: &str, pattern: &str, choices: &[&str]| Parameter {
        name: name.into(),
        pattern: pattern.into(),
        choices: choices.iter().map(|&it| it.into()).collect(),
        ..Parameter::default()
    };
    let parameters = [
        parameter("free", "", &[]),
        parameter("any", ".*", &[]),
        parameter("word", "[a-z]+", &[]),
        parameter("choice", "", &["a: b", "c"]),
    ];
    let advice = advised(template, &parameters);
    assert_eq!(advice.is_some(), expected.is_some(), "{advice:?}");
    assert!(expected.is_none_or(|it| advice.unwrap().contains(it)));
}

#[test]
fn a_pattern_that_takes_no_value_is_named() {
    let parameters =
        [Parameter { name: "size".into(), pattern: "(".into(), ..Parameter::default() }];
    let expected = "The pattern of parameter \"size\" is invalid: it takes no value.";
    assert_eq!(advised("", &parameters).as_deref(), Some(expected));
}

fn advised(template: &str, parameters: &[Parameter]) -> Option<String> {
    let revision = TemplateRevision {
        connection_url_template: "https://{{ .Host }}".into(),
        values_template: template.into(),
        claims: Some(BTreeSet::from(["name".to_owned()])),
        parameters: parameters.iter().map(|it| (it.name.clone(), String::new())).collect(),
        ..TemplateRevision::default()
    };
    let spec = DployInstanceSpec { template_ref: "lab".into(), ..DployInstanceSpec::default() };
    let instance = DployInstance::new("lab-a1b2c3d4", spec);
    let config = OperatorConfigSpec::default();
    let data = TemplateData { instance: &instance, revision: &revision, config: &config };
    advice(data, parameters)
}
