use std::collections::BTreeMap;

use resources::{DployInstance, DployInstanceSpec, OperatorConfigSpec, TemplateRevision};
use rstest::rstest;
use serde_json::json;

use super::*;
use crate::{TemplateData, manifests, parameters::is_line_break, values};

/// Values that change the structure of YAML where they are not quoted.
pub(crate) const PAYLOADS: [&str; 60] = [
    "a: b",
    "a:",
    ": a",
    "a #b",
    "#",
    "# a",
    "a\nb: c",
    "\nb: c",
    "a\n\nb",
    "a\r\nb: c",
    "a\rb: c",
    "a\n---\nb: c",
    "\n---\n",
    "---",
    "--- a",
    "...",
    "- a",
    "-",
    "- - a",
    "? a",
    "?",
    "[",
    "]",
    "[a]",
    "{",
    "}",
    "{a: b}",
    "a, b",
    ",",
    "*a",
    "&a",
    "&a b",
    "!!map {}",
    "!a",
    "|",
    "|\n  a",
    ">",
    ">-",
    "\"",
    "a\"",
    "\"a",
    "a\", \"b\": \"c",
    "'",
    "a'",
    "'a",
    "a', 'b': 'c",
    "\\",
    "a\\",
    "\\\"",
    "%YAML 1.2",
    "%a",
    "@a",
    "`a",
    "`",
    "<<: {a: b}",
    "a\u{85}b: c",
    "a\u{2028}b: c",
    "a\n  privileged: true",
    "a\nkind: Pod",
    "a\", hostPID: true, x: \"",
];

fn instance(value: &str) -> DployInstance {
    let spec = DployInstanceSpec {
        template_ref: "lab".into(),
        owner: "ada".into(),
        uuid: Some("a1b2c3d4".into()),
        params: BTreeMap::from([("text".into(), value.into())]),
        claims: [("name".to_owned(), json!(value)), ("roles".to_owned(), json!(["x", value]))]
            .into_iter()
            .collect(),
        ..DployInstanceSpec::default()
    };
    DployInstance::new("lab-a1b2c3d4", spec)
}

fn revision(values_template: &str) -> TemplateRevision {
    TemplateRevision {
        connection_url_template: "https://{{ .Host }}".into(),
        values_template: values_template.into(),
        manifests: Some(values_template.into()),
        parameters: BTreeMap::from([("text".into(), "given: default".into())]),
        ..TemplateRevision::default()
    }
}

fn rendered(template: &str, value: &str) -> Result<Json, RenderError> {
    let (instance, revision) = (instance(value), revision(template));
    let config = OperatorConfigSpec::default();
    let data = TemplateData { instance: &instance, revision: &revision, config: &config };
    values(data).map(Json::from)
}

/// What the template renders where the value is an ordinary word.
fn shape(template: &str) -> Json {
    rendered(template, "word").unwrap()
}

#[rstest]
#[case("x: {{ .Params.text }}")]
#[case("x: {{ .Params.text }}\ny: 1")]
#[case("x: a{{ .Params.text }}b\ny: 1")]
#[case("x: [{{ .Params.text }}]")]
#[case("x: {y: {{ .Params.text }}}")]
#[case("x: \"{{ .Params.text }}\"\ny: \"1\"")]
#[case("x: '{{ .Params.text }}'\ny: '1'")]
#[case("x: {{ .Params.text | squote }}\ny: '1'")]
#[case("x:\n  - {{ .Claims.name }}\n  - b")]
#[case("x: |\n  {{ .Claims.name }}\ny: 1")]
#[case("{{ .Params.text }}: x\ny: 1")]
#[case("x: {{ index .Claims.roles 1 }}\ny: 1")]
#[case("x:{{ range .Claims.roles }}\n- {{ . }}{{ end }}\ny: 1")]
fn no_value_changes_the_structure(#[case] template: &str) {
    let plain = shape(template);
    let mut refused = 0;
    for payload in PAYLOADS {
        match rendered(template, payload) {
            Ok(rendered) => {
                let key = |text: &str| text.replace(payload, "word");
                assert!(same(&rendered, &plain, &key), "{template} {payload:?}: {rendered}");
            }
            Err(error) => {
                assert!(error.unquoted.is_some(), "{template} {payload:?}: {error}");
                refused += 1;
            }
        }
    }
    assert!(refused > 0, "{template}");
}

/// Whether both have the same lists and keys. Written anew: it must not have the faults of what it
/// checks.
fn same(one: &Json, other: &Json, key: &impl Fn(&str) -> String) -> bool {
    match (one, other) {
        (Json::Array(a), Json::Array(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b, key))
        }
        (Json::Object(a), Json::Object(b)) => {
            a.len() == b.len()
                && a.iter().all(|(name, a)| b.get(&key(name)).is_some_and(|b| same(a, b, key)))
        }
        (one, other) => {
            !one.is_array() && !one.is_object() && !other.is_array() && !other.is_object()
        }
    }
}

#[rstest]
#[case("x: {{ .Params.text | quote }}\ny: {{ .Claims.name | quote }}")]
#[case("x: {{ .Params.text | toJson }}\ny: {{ .Claims | toJson }}")]
#[case("x: {{ .Params.text | b64enc }}")]
#[case("x: {{ .Claims.name | sha256sum | trunc 8 }}")]
#[case("x: {{ .Claims.roles | toYaml | nindent 2 }}")]
#[case("x: |-\n  {{ .Claims.name | nindent 2 }}\ny: 1")]
#[case("x: {{ regexReplaceAll \"[^a-z]+\" .Claims.name \"x\" }}")]
fn a_quoted_value_is_never_refused(#[case] template: &str) {
    // No launch has a line break in a value.
    for payload in PAYLOADS.into_iter().filter(|it| !it.contains(is_line_break)) {
        let rendered = rendered(template, payload);
        assert!(rendered.is_ok(), "{template} {payload:?}: {rendered:?}");
    }
}

#[rstest]
#[case("x: {{ range splitList \",\" .Params.text }}\n- {{ . | quote }}{{ end }}", json!({"x": ["a", "b"]}))]
#[case("x: {{ if contains \",\" .Params.text }}{y: 1}{{ else }}2{{ end }}", json!({"x": {"y": 1}}))]
#[case("x: {{ if regexMatch \"^a,\" .Params.text }}{y: 1}{{ end }}", json!({"x": {"y": 1}}))]
#[case("x: {{ .Params.text | replace \",\" \"-\" }}", json!({"x": "a-b"}))]
#[case("x: {{ range regexSplit \",\" .Params.text -1 }}\n- {{ . | quote }}{{ end }}", json!({"x": ["a", "b"]}))]
fn a_value_may_be_split_and_searched(#[case] template: &str, #[case] expected: Json) {
    assert_eq!(rendered(template, "a,b").unwrap(), expected);
}

#[test]
fn the_value_that_changes_the_structure_is_named() {
    let error = rendered("x: {{ .Params.text | quote }}\ny: {{ .Claims.name }}\nz: 1", "a\nb: c");
    let error = error.unwrap_err();
    assert_eq!(error.unquoted, Some(PersonalValue::Claim("name".into())));
    assert_eq!(
        error.to_string(),
        "valuesTemplate: the claim \"name\" changes the structure of the rendered text; \
         quote it in the template (`| quote`)"
    );
    // A template that is wrong whatever the values are says so.
    assert_eq!(rendered("x: [", "a\nb: c").unwrap_err().unquoted, None);
}

#[test]
fn the_default_of_a_parameter_may_have_any_structure() {
    let given = rendered("{{ .Params.text }}", "given: default");
    assert_eq!(given.unwrap(), json!({ "given": "default" }));
    assert!(rendered("{{ .Params.text }}", "given: other").is_err());
}

#[test]
fn documents_are_part_of_the_structure() {
    let template =
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata:\n  x: {{ .Claims.name }}";
    let value = "a\n---\napiVersion: v1\nkind: Pod\nmetadata: {name: evil}\nspec: {hostPID: true}";
    let (instance, revision) = (instance(value), revision(template));
    let config = OperatorConfigSpec::default();
    let data = TemplateData { instance: &instance, revision: &revision, config: &config };
    let error = manifests(data).unwrap_err();
    assert_eq!(error.unquoted, Some(PersonalValue::Claim("name".into())));
}

#[test]
fn the_example_of_the_reference_quotes_every_value() {
    let reference = include_str!("../../../../docs/templates.md");
    let example = reference.split("```").nth(1).unwrap().strip_prefix("yaml\n").unwrap();
    let example: Json = serde_yaml_ng::from_str(example).unwrap();
    for payload in PAYLOADS {
        let (mut instance, mut revision) = (instance(payload), revision(""));
        instance.spec.claims.insert("team".into(), payload.into());
        instance.spec.params.insert("size".into(), payload.into());
        revision.values_template = example["valuesTemplate"].as_str().unwrap().into();
        let config = OperatorConfigSpec::default();
        let data = TemplateData { instance: &instance, revision: &revision, config: &config };
        values(data).unwrap();
    }
}
