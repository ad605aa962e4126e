use jiff::Timestamp;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;
use resources::{
    DployInstance, DployInstanceSpec, DployInstanceStatus, EnvVar, OperatorConfigSpec, ProcessSpec,
    TemplateRevision,
};
use rstest::rstest;
use serde_json::json;

use super::*;

fn instance() -> DployInstance {
    let spec = DployInstanceSpec {
        template_ref: "web.term".into(),
        owner: "ada".into(),
        uuid: Some("a1b2c3d4".into()),
        seed: Some("00".repeat(16)),
        ..DployInstanceSpec::default()
    };
    let mut instance = DployInstance::new("web-term-a1b2c3d4", spec);
    let created: Timestamp = "2024-03-05T14:07:09Z".parse().unwrap();
    instance.metadata.creation_timestamp = Some(Time(created));
    instance
}

fn revision() -> TemplateRevision {
    TemplateRevision {
        connection_url_template: "https://{{ .Host }}".into(),
        base_domain: "env.example.org".into(),
        ..TemplateRevision::default()
    }
}

fn config() -> OperatorConfigSpec {
    OperatorConfigSpec::default()
}

/// Renders with one of the functions of this module.
fn with<T>(
    render: impl Fn(TemplateData<'_>) -> T,
    instance: &DployInstance,
    revision: &TemplateRevision,
) -> T {
    render(TemplateData { instance, revision, config: &config() })
}

#[test]
fn the_url_is_known_before_the_operator_sees_the_instance() {
    let connection = with(connection, &instance(), &revision()).unwrap();
    assert_eq!(connection.url, "https://web-term-a1b2c3d4.env.example.org");
    assert_eq!(connection.host, "web-term-a1b2c3d4.env.example.org");
    assert_eq!(connection.message, "");
}

#[test]
fn a_command_sees_the_address_and_the_port() {
    let revision = TemplateRevision {
        connection_type: ConnectionType::Instructions,
        connection_message_template: "nc {{ .Host }} {{ .Port }} # {{ .URL }}\n".into(),
        connection_url_template: "tcp://{{ .Host }}".into(),
        ..revision()
    };
    let mut instance = instance();
    let engine_ref = Some("127.0.0.1:7070".into());
    instance.status = Some(DployInstanceStatus { engine_ref, ..DployInstanceStatus::default() });
    let connection = with(connection, &instance, &revision).unwrap();
    let host = "web-term-a1b2c3d4.env.example.org";
    assert_eq!(connection.message, format!("nc {host} 7070 # tcp://{host}"));
}

#[rstest]
#[case("javascript:alert(1)")]
#[case("https://a b")]
#[case("")]
fn an_invalid_url_is_refused(#[case] url: &str) {
    let revision = TemplateRevision { connection_url_template: url.into(), ..revision() };
    let error = with(connection, &instance(), &revision).unwrap_err();
    assert_eq!(error.template, "connectionURLTemplate");
}

fn values_of(template: &str) -> Result<Json, RenderError> {
    let revision = TemplateRevision {
        values_template: template.into(),
        parameters: [("size".into(), "small".into()), ("note".into(), String::new())].into(),
        ..revision()
    };
    let mut instance = instance();
    instance.spec.params = [("size".into(), "large".into())].into();
    with(values, &instance, &revision).map(Json::Object)
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
        let revision = TemplateRevision { manifests: Some(text.into()), ..revision() };
        with(manifests, &instance(), &revision)
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
    let revision = TemplateRevision { process: Some(process_spec), ..revision() };
    let rendered = with(process, &instance(), &revision).unwrap();
    assert_eq!(rendered.args, ["sample", "--name=ada"]);
    assert_eq!(rendered.env[0].1.len(), 8);
    assert_eq!(rendered, with(process, &instance(), &revision).unwrap());
}

#[test]
fn a_claimed_member_starts_at_its_claim_and_keeps_its_namespace() {
    let revision = TemplateRevision {
        values_template: "n: {{ .Namespace }}\nt: {{ now | unixEpoch }}".into(),
        ..revision()
    };
    let mut instance = instance();
    instance.spec.pooled = true;
    let claimed = ("dploy.dev/claimed-at".to_owned(), "2024-03-05T15:00:00Z".to_owned());
    instance.metadata.annotations = Some([claimed].into());
    let values = with(values, &instance, &revision).unwrap();
    assert_eq!(values["n"], "pool-web-term-a1b2c3d4");
    assert_eq!(values["t"], 1_709_650_800);
}
