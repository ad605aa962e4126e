use resources::{Chart, Parameter, ProcessSpec, Ttl};
use rstest::rstest;
use serde_json::json;

use super::*;

fn template(spec: DployTemplateSpec) -> DployTemplate {
    DployTemplate::new("webterm", spec)
}

fn resolved(spec: DployTemplateSpec, config: Option<&OperatorConfigSpec>) -> ResolvedTemplate {
    resolve(&template(spec), config, LaunchDefaults::default(), "00".repeat(16))
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
    let resolved = resolve(&template, Some(&config), LaunchDefaults::default(), String::new());
    let expected = rails(json!({
        "resourceQuota": { "pods": 5 },
        "network": {},
        "podSecurity": "baseline",
        "labels": { "a": "template", "b": "cluster" },
    }));
    assert_eq!(resolved.guard_rails, Some(expected));
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
    let resolved = resolved(own, Some(&config));
    assert_eq!(resolved.connection_url_template, "http://{{ .Host }}:8080");
    assert_eq!(resolved.connection_message_template, "own");
    assert_eq!(resolved.base_domain, "env.example.org");
    assert_eq!((resolved.ttl_seconds, resolved.max_extends), (60, 3));
}

#[test]
fn without_a_config_the_fallback_applies() {
    let resolved = resolved(DployTemplateSpec::default(), None);
    assert_eq!(resolved.connection_url_template, DEFAULT_URL_TEMPLATE);
    assert_eq!(resolved.extend_seconds, 7_200);
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
    assert_eq!(resolved(spec, Some(&config)).engine, expected);
}

#[test]
fn the_clusters_chart_engine_runs_charts() {
    let config =
        OperatorConfigSpec { default_engine: EngineName::Argocd, ..OperatorConfigSpec::default() };
    let spec = DployTemplateSpec { chart: Some(Chart::default()), ..DployTemplateSpec::default() };
    assert_eq!(resolved(spec, Some(&config)).engine, EngineName::Argocd);
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
    let parameters = resolved(spec, None).parameters;
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
    let resolved = resolve(&template, None, LaunchDefaults::default(), String::new());
    let keys = |map: &BTreeMap<String, String>| map.keys().cloned().collect::<Vec<_>>();
    assert_eq!(keys(&resolved.annotations), ["example.org/contact", "note"]);
    assert_eq!(keys(&resolved.labels), ["app.kubernetes.io/part-of", "nothelm.sh/x", "team"]);
}

#[test]
fn a_pool_member_matches_until_the_template_or_the_settings_change() {
    let mut template = template(DployTemplateSpec::default());
    let defaults = LaunchDefaults::default();
    let member = resolve(&template, None, defaults, "seed".into());
    assert!(matches(&member, &template, None, defaults));

    let config = OperatorConfigSpec { base_domain: "x".into(), ..OperatorConfigSpec::default() };
    assert!(!matches(&member, &template, Some(&config), defaults));
    template.spec.values_template = "a: 1".into();
    assert!(!matches(&member, &template, None, defaults));
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
fn what_only_the_catalog_shows_outdates_no_member(#[case] values: &str, #[case] current: bool) {
    let fallback = LaunchDefaults::default();
    let member = resolve(&described("before", values), None, fallback, "00".repeat(16));
    assert!(matches(&member, &described("before", values), None, fallback));
    assert_eq!(matches(&member, &described("after", values), None, fallback), current);
    assert!(!matches(&member, &described("before", "other: 1"), None, fallback));
}
