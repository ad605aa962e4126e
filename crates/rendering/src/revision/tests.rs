use resources::{Chart, Parameter, ProcessSpec, Ttl};
use rstest::rstest;
use serde_json::json;

use super::*;

fn template(spec: DployTemplateSpec) -> DployTemplate {
    DployTemplate::new("webterm", spec)
}

fn revision_of(spec: DployTemplateSpec, config: Option<&OperatorConfigSpec>) -> TemplateRevision {
    revision(&template(spec), config, LaunchDefaults::default())
}

#[test]
fn a_template_overrides_each_guard_rail_of_the_config() {
    let rails = |value| serde_json::from_value::<GuardRails>(value).unwrap();
    let mut template = DployTemplate::new("lab", DployTemplateSpec::default());
    template.spec.guard_rails =
        rails(json!({ "resourceQuota": { "pods": 5 }, "labels": { "a": "template" } }));
    let config = OperatorConfigSpec {
        guard_rails: rails(json!({
            "resourceQuota": { "pods": 9, "limits.cpu": 2 },
            "podSecurity": "baseline",
            "labels": { "a": "cluster", "b": "cluster" },
        })),
        ..OperatorConfigSpec::default()
    };
    let revision = revision(&template, Some(&config), LaunchDefaults::default());
    let expected = rails(json!({
        "resourceQuota": { "pods": 5 },
        "network": {},
        "podSecurity": "baseline",
        "labels": { "a": "template", "b": "cluster" },
    }));
    assert_eq!(revision.guard_rails, Some(expected));
}

#[test]
fn the_template_overrides_the_config() {
    let config = OperatorConfigSpec {
        connection_url_template: "http://{{ .Host }}:8080".into(),
        connection_message_template: "cluster".into(),
        base_domain: "env.example.org".into(),
        defaults: LaunchDefaults { ttl_seconds: 60, ..LaunchDefaults::default() },
        ..OperatorConfigSpec::default()
    };
    let own = DployTemplateSpec {
        connection_message_template: "own".into(),
        ttl: Ttl { max_extends: Some(3), ..Ttl::default() },
        ..DployTemplateSpec::default()
    };
    let revision = revision_of(own, Some(&config));
    assert_eq!(revision.connection_url_template, "http://{{ .Host }}:8080");
    assert_eq!(revision.connection_message_template, "own");
    assert_eq!(revision.base_domain, "env.example.org");
    assert_eq!((revision.ttl_seconds, revision.max_extends), (60, 3));
}

#[test]
fn without_a_config_the_fallback_applies() {
    let revision = revision_of(DployTemplateSpec::default(), None);
    assert_eq!(revision.connection_url_template, DEFAULT_URL_TEMPLATE);
    assert_eq!(revision.extend_seconds, 7_200);
}

#[rstest]
#[case(None, EngineName::Flux, EngineName::Process)]
#[case(None, EngineName::Process, EngineName::Process)]
#[case(Some(EngineName::Flux), EngineName::Process, EngineName::Flux)]
fn the_default_engine_can_run_the_template(
    #[case] named: Option<EngineName>,
    #[case] clusters: EngineName,
    #[case] expected: EngineName,
) {
    let config = OperatorConfigSpec { default_engine: clusters, ..OperatorConfigSpec::default() };
    let spec = DployTemplateSpec {
        engine: named,
        process: Some(ProcessSpec::default()),
        ..DployTemplateSpec::default()
    };
    assert_eq!(revision_of(spec, Some(&config)).engine, expected);
}

#[test]
fn the_clusters_chart_engine_runs_charts() {
    let config =
        OperatorConfigSpec { default_engine: EngineName::Argocd, ..OperatorConfigSpec::default() };
    let spec = DployTemplateSpec { chart: Some(Chart::default()), ..DployTemplateSpec::default() };
    assert_eq!(revision_of(spec, Some(&config)).engine, EngineName::Argocd);
}

#[test]
fn declared_parameters_have_their_defaults() {
    let parameter = |name: &str, default: &str| Parameter {
        name: name.into(),
        default: default.into(),
        ..Parameter::default()
    };
    let spec = DployTemplateSpec {
        parameters: vec![parameter("size", "small"), parameter("note", "")],
        ..DployTemplateSpec::default()
    };
    let parameters = revision_of(spec, None).parameters;
    assert_eq!(parameters.get("size").map(String::as_str), Some("small"));
    assert_eq!(parameters.get("note").map(String::as_str), Some(""));
}

#[test]
fn labels_of_tools_are_left_out() {
    let mut template = template(DployTemplateSpec::default());
    let entries = |keys: &[&str]| keys.iter().map(|key| ((*key).into(), "x".into())).collect();
    template.metadata.annotations = Some(entries(&[
        "kubectl.kubernetes.io/last-applied-configuration",
        "meta.helm.sh/release-name",
        "example.org/contact",
        "note",
    ]));
    template.metadata.labels =
        Some(entries(&["app.kubernetes.io/part-of", "helm.sh/chart", "team", "nothelm.sh/x"]));
    let revision = revision(&template, None, LaunchDefaults::default());
    let keys = |map: &BTreeMap<String, String>| map.keys().cloned().collect::<Vec<_>>();
    assert_eq!(keys(&revision.annotations), ["example.org/contact", "note"]);
    assert_eq!(keys(&revision.labels), ["app.kubernetes.io/part-of", "nothelm.sh/x", "team"]);
}

#[test]
fn the_name_changes_with_the_template_and_the_settings() {
    let mut template = template(DployTemplateSpec::default());
    let defaults = LaunchDefaults::default();
    let name = revision(&template, None, defaults).name();
    assert_eq!(revision(&template, None, defaults).name(), name);
    assert!(name.starts_with("webterm-") && name.len() == "webterm-".len() + 10, "{name}");

    let config = OperatorConfigSpec { base_domain: "x".into(), ..OperatorConfigSpec::default() };
    assert_ne!(revision(&template, Some(&config), defaults).name(), name);
    template.spec.values_template = "a: 1".into();
    assert_ne!(revision(&template, None, defaults).name(), name);
    template.spec.values_template.clear();
    template.metadata.name = Some("webtern".into());
    assert_ne!(revision(&template, None, defaults).name()[8..], name[8..]);
}

/// A template with a description that its values read, or do not.
fn described(description: &str, values: &str) -> DployTemplate {
    template(DployTemplateSpec {
        description: description.into(),
        values_template: values.into(),
        ..DployTemplateSpec::default()
    })
}

#[rstest]
#[case("", true)]
#[case("about: {{ .Template.Spec.Description }}", false)]
fn what_only_the_catalog_shows_makes_no_revision(#[case] values: &str, #[case] same: bool) {
    let name = |description, values| {
        revision(&described(description, values), None, LaunchDefaults::default()).name()
    };
    assert_eq!(name("before", values) == name("after", values), same);
    assert_ne!(name("before", values), name("before", "other: 1"));
}
