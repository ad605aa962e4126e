use expect_test::expect;
use resources::{DployInstance, DployInstanceSpec, EngineName, TemplateRevision};
use serde_json::{Value, json};

use super::{GuardObjects, namespace};

fn instance() -> DployInstance {
    let spec = DployInstanceSpec { template_ref: "lab".into(), ..DployInstanceSpec::default() };
    DployInstance::new("lab-0123abcd", spec)
}

fn revision(engine: EngineName, rails: Value) -> TemplateRevision {
    let guard_rails = Some(serde_json::from_value(rails).unwrap());
    TemplateRevision { engine, guard_rails, ..TemplateRevision::default() }
}

fn objects(rails: Value) -> GuardObjects {
    GuardObjects::of(&instance(), &revision(EngineName::Flux, rails))
}

#[test]
fn quantities_may_be_numbers_and_become_texts() {
    let GuardObjects { quota, limits, network } = objects(json!({
        "resourceQuota": { "limits.cpu": 4, "limits.memory": "8Gi", "pods": "20" },
        "limitRange": [{ "type": "Container", "default": { "cpu": "500m" }, "max": { "cpu": 2 } }],
    }));
    expect![[r#"{"apiVersion":"v1","kind":"ResourceQuota","metadata":{"labels":{"dploy.dev/instance":"lab-0123abcd","dploy.dev/managed":"true"},"name":"dploy-quota"},"spec":{"hard":{"limits.cpu":"4","limits.memory":"8Gi","pods":"20"}}}"#]]
    .assert_eq(&serde_json::to_string(&quota).unwrap());
    expect![[r#"{"limits":[{"default":{"cpu":"500m"},"max":{"cpu":"2"},"type":"Container"}]}"#]]
        .assert_eq(&serde_json::to_string(&limits.unwrap().spec).unwrap());
    assert_eq!(network, None);
}

#[test]
fn isolation_lets_in_its_own_pods_and_those_of_no_environment() {
    let isolated = objects(json!({ "network": {} })).network.unwrap();
    expect![[r#"{"ingress":[{"from":[{"podSelector":{}},{"namespaceSelector":{"matchExpressions":[{"key":"dploy.dev/managed","operator":"DoesNotExist"}]}}]}],"podSelector":{},"policyTypes":["Ingress"]}"#]]
    .assert_eq(&serde_json::to_string(&isolated.spec).unwrap());
    let closed = objects(json!({ "network": {
        "ingress": "closed", "allowFrom": [{ "ipBlock": { "cidr": "203.0.113.0/24" } }],
    } }));
    expect![[r#"[{"from":[{"podSelector":{}},{"ipBlock":{"cidr":"203.0.113.0/24"}}]}]"#]]
        .assert_eq(&serde_json::to_string(&closed.network.unwrap().spec.unwrap().ingress).unwrap());
    assert!(objects(json!({ "network": { "ingress": "open" } })).is_empty());
}

#[test]
fn empty_rails_place_nothing() {
    assert!(objects(json!({ "resourceQuota": {}, "limitRange": [] })).is_empty());
}

#[test]
fn dploys_own_labels_are_the_last_word() {
    let revision = revision(
        EngineName::Manifests,
        json!({
            "podSecurity": "restricted",
            "labels": {
                "team": "x", "dploy.dev/instance": "other", "dploy.dev/managed": "false",
                "pod-security.kubernetes.io/enforce": "privileged",
            },
            "annotations": { "note": "y", "dploy.dev/adopted": "true" },
        }),
    );
    let metadata = namespace(&instance(), &revision, "ada-lab-0123abcd".into()).metadata;
    expect![[r#"{"dploy.dev/instance":"lab-0123abcd","dploy.dev/managed":"true","dploy.dev/template":"lab","pod-security.kubernetes.io/enforce":"restricted","team":"x"}"#]]
    .assert_eq(&serde_json::to_string(&metadata.labels).unwrap());
    assert_eq!(metadata.annotations, Some([("note".into(), "y".into())].into()));
}

#[test]
fn a_child_process_runs_in_no_namespace() {
    let process = revision(EngineName::Process, json!({ "network": {}, "labels": { "a": "b" } }));
    assert!(GuardObjects::of(&instance(), &process).is_empty());
    let metadata = namespace(&instance(), &process, "ada-lab-0123abcd".into()).metadata;
    assert!(!metadata.labels.unwrap_or_default().contains_key("a"));
}
