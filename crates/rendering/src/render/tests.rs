use jiff::Timestamp;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;
use resources::{DployInstanceSpec, DployInstanceStatus, EnvVar, ProcessSpec};
use rstest::rstest;
use serde_json::json;

use super::*;

fn instance(resolved: ResolvedTemplate) -> DployInstance {
    let spec = DployInstanceSpec {
        template_ref: "web.term".into(),
        owner: "ada".into(),
        uuid: Some("a1b2c3d4".into()),
        resolved: Some(resolved),
        ..DployInstanceSpec::default()
    };
    let mut instance = DployInstance::new("web-term-a1b2c3d4", spec);
    let created: Timestamp = "2024-03-05T14:07:09Z".parse().unwrap();
    instance.metadata.creation_timestamp = Some(Time(created));
    instance
}

fn resolved() -> ResolvedTemplate {
    ResolvedTemplate {
        seed: "00".repeat(16),
        connection_url_template: "https://{{ .Host }}".into(),
        base_domain: "env.example.org".into(),
        ..ResolvedTemplate::default()
    }
}

fn config() -> OperatorConfigSpec {
    OperatorConfigSpec::default()
}

#[test]
fn the_url_is_known_before_the_operator_sees_the_instance() {
    let connection = connection(&instance(resolved()), &config()).unwrap();
    assert_eq!(connection.url, "https://web-term-a1b2c3d4.env.example.org");
    assert_eq!(connection.host, "web-term-a1b2c3d4.env.example.org");
    assert_eq!(connection.message, "");
}

#[test]
fn a_command_sees_the_address_and_the_port() {
    let mut instance = instance(ResolvedTemplate {
        connection_type: ConnectionType::Instructions,
        connection_message_template: "nc {{ .Host }} {{ .Port }} # {{ .URL }}\n".into(),
        connection_url_template: "tcp://{{ .Host }}".into(),
        ..resolved()
    });
    let engine_ref = Some("127.0.0.1:7070".into());
    instance.status = Some(DployInstanceStatus { engine_ref, ..DployInstanceStatus::default() });
    let connection = connection(&instance, &config()).unwrap();
    let host = "web-term-a1b2c3d4.env.example.org";
    assert_eq!(connection.message, format!("nc {host} 7070 # tcp://{host}"));
}

#[rstest]
#[case("javascript:alert(1)")]
#[case("https://a b")]
#[case("")]
fn an_invalid_url_is_refused(#[case] url: &str) {
    let template = ResolvedTemplate { connection_url_template: url.into(), ..resolved() };
    let error = connection(&instance(template), &config()).unwrap_err();
    assert_eq!(error.template, "connectionURLTemplate");
}

fn values_of(template: &str) -> Result<Json, RenderError> {
    let template = ResolvedTemplate {
        values_template: template.into(),
        parameters: [("size".into(), "small".into()), ("note".into(), String::new())].into(),
        ..resolved()
    };
    let mut instance = instance(template);
    instance.spec.params = [("size".into(), "large".into())].into();
    values(&instance, &config()).map(Json::Object)
}

#[rstest]
#[case("a: {{ .Params.size }}\nb: {{ .Params.note | quote }}\n", json!({"a": "large", "b": ""}))]
#[case("url: {{ .URL }}\nns: {{ .Namespace }}", json!({"url": "https://web-term-a1b2c3d4.env.example.org", "ns": "ada-web-term-a1b2c3d4"}))]
#[case("at: {{ now | date \"2006-01-02\" | quote }}\n1: true", json!({"at": "2024-03-05", "1": true}))]
#[case("", json!({}))]
#[case("{{ if false }}a: 1{{ end }}\n# nothing\n", json!({}))]
#[case("base: &b {x: 1}\nmore:\n  <<: *b\n  y: 2\n", json!({"base": {"x": 1}, "more": {"x": 1, "y": 2}}))]
fn values_are_a_mapping(#[case] template: &str, #[case] want: Json) {
    assert_eq!(values_of(template), Ok(want));
}

#[rstest]
#[case("- a\n- b", "YAML mapping")]
#[case("just text", "YAML mapping")]
#[case("a: b: c", "line 1")]
#[case("a: 1\n---\nb: 2", "several YAML documents")]
#[case("a: !secret x", "tag")]
#[case("a: {{ .Nope }}", "no field \"Nope\"")]
#[case("a: &a [*a]", "not valid YAML")]
fn an_error_names_the_field_and_the_problem(#[case] template: &str, #[case] hint: &str) {
    let error = values_of(template).unwrap_err();
    assert_eq!(error.template, "valuesTemplate");
    assert!(error.to_string().contains(hint), "{error}");
}

/// A rendered password must not reach a condition, which other people can read.
#[test]
fn an_error_quotes_nothing_that_was_rendered() {
    let error = values_of("password: {{ `hunter2: [` }}").unwrap_err();
    assert!(!error.to_string().contains("hunter2"), "{error}");
}

#[test]
fn many_aliases_do_not_fill_the_memory() {
    let levels: String = (1..30)
        .map(|at| format!("l{at}: &l{at} [{}]\n", format!("*l{},", at - 1).repeat(9)))
        .collect();
    assert!(values_of(&format!("l0: &l0 x\n{levels}")).is_err());
}

#[test]
fn manifests_are_objects_in_their_order() {
    let manifests_of = |text: &str| {
        let template = ResolvedTemplate { manifests: Some(text.into()), ..resolved() };
        manifests(&instance(template), &config())
    };
    let object =
        |kind: &str| format!("apiVersion: v1\nkind: {kind}\nmetadata: {{name: {{{{ .UUID }}}}}}\n");
    let two =
        manifests_of(&format!("---\n{}---\n---\n{}", object("Secret"), object("Pod"))).unwrap();
    let kinds: Vec<_> = two.iter().map(|object| object["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["Secret", "Pod"]);

    let error = manifests_of(&format!("{}---\nkind: Pod\n", object("Secret"))).unwrap_err();
    assert_eq!(error.to_string(), "manifests: document 2 has no apiVersion; add it");
}

#[test]
fn a_process_gets_rendered_arguments_and_variables() {
    let process_spec = ProcessSpec {
        command: "dploy".into(),
        args: vec!["sample".into(), "--name={{ .Owner }}".into()],
        env: vec![EnvVar { name: "KEY".into(), value: "{{ randAlpha 8 }}".into() }],
        ..ProcessSpec::default()
    };
    let template = ResolvedTemplate { process: Some(process_spec), ..resolved() };
    let instance = instance(template);
    let rendered = process(&instance, &config()).unwrap();
    assert_eq!(rendered.args, ["sample", "--name=ada"]);
    assert_eq!(rendered.env[0].1.len(), 8);
    assert_eq!(rendered, process(&instance, &config()).unwrap());
}

#[test]
fn an_instance_without_a_template_is_an_error() {
    let instance = DployInstance::new("x", DployInstanceSpec::default());
    assert_eq!(connection(&instance, &config()).unwrap_err().template, "spec.resolved");
}

#[test]
fn a_claimed_member_starts_at_its_claim_and_keeps_its_namespace() {
    let template = ResolvedTemplate {
        values_template: "n: {{ .Namespace }}\nt: {{ now | unixEpoch }}".into(),
        ..resolved()
    };
    let mut instance = instance(template);
    instance.spec.pooled = true;
    let claimed = ("dploy.dev/claimed-at".to_owned(), "2024-03-05T15:00:00Z".to_owned());
    instance.metadata.annotations = Some([claimed].into());
    let values = values(&instance, &config()).unwrap();
    assert_eq!(values["n"], "pool-web-term-a1b2c3d4");
    assert_eq!(values["t"], 1_709_650_800);
}
