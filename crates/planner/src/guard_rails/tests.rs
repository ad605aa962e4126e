use expect_test::expect;
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;
use resources::{DployInstance, DployInstanceSpec, EngineName, TemplateRevision};
use serde_json::{Value, json};

use super::{GuardObjects, fault, namespace};

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
    let isolated = objects(json!({ "network": { "egress": "open" } })).network.unwrap();
    expect![[r#"{"ingress":[{"from":[{"podSelector":{}},{"namespaceSelector":{"matchExpressions":[{"key":"dploy.dev/managed","operator":"DoesNotExist"}]}}]}],"podSelector":{},"policyTypes":["Ingress"]}"#]]
    .assert_eq(&serde_json::to_string(&isolated.spec).unwrap());
    let closed = objects(json!({ "network": {
        "ingress": "closed", "egress": "open", "allowFrom": [{ "ipBlock": { "cidr": "203.0.113.0/24" } }],
    } }));
    expect![[r#"[{"from":[{"podSelector":{}},{"ipBlock":{"cidr":"203.0.113.0/24"}}]}]"#]]
        .assert_eq(&serde_json::to_string(&closed.network.unwrap().spec.unwrap().ingress).unwrap());
    let open = json!({ "network": { "ingress": "open", "egress": "open" } });
    assert!(objects(open).is_empty());
}

#[test]
fn isolation_keeps_out_of_other_environments_of_dploy_and_of_metadata_services() {
    let network = json!({ "ingress": "open", "blockedAddresses": ["10.42.0.0/16", "fd42::/48"] });
    let mut instance = instance();
    instance.metadata.namespace = Some("dploy-system".into());
    let revision = revision(EngineName::Flux, json!({ "network": network }));
    let isolated = GuardObjects::of(&instance, &revision).network.unwrap();
    expect![[r#"{"egress":[{"to":[{"podSelector":{}},{"namespaceSelector":{"matchExpressions":[{"key":"dploy.dev/managed","operator":"DoesNotExist"},{"key":"kubernetes.io/metadata.name","operator":"NotIn","values":["dploy-system"]}]}},{"ipBlock":{"cidr":"0.0.0.0/0","except":["100.100.100.200/32","168.63.129.16/32","169.254.0.0/16","10.42.0.0/16"]}},{"ipBlock":{"cidr":"::/0","except":["fd00:ec2::254/128","fe80::/10","fd42::/48"]}}]},{"ports":[{"port":53,"protocol":"UDP"},{"port":53,"protocol":"TCP"}],"to":[{"namespaceSelector":{"matchExpressions":[{"key":"dploy.dev/managed","operator":"DoesNotExist"}]}},{"ipBlock":{"cidr":"169.254.0.0/16"}}]}],"podSelector":{},"policyTypes":["Egress"]}"#]].assert_eq(&serde_json::to_string(&isolated.spec).unwrap());
    let closed = json!({ "network": {
        "ingress": "open", "egress": "closed", "allowTo": [{ "ipBlock": { "cidr": "203.0.113.0/24" } }],
    } });
    let closed = objects(closed).network.unwrap().spec.unwrap();
    let rules = closed.egress.unwrap();
    let to = serde_json::to_string(&rules[0]).unwrap();
    assert_eq!(to, r#"{"to":[{"podSelector":{}},{"ipBlock":{"cidr":"203.0.113.0/24"}}]}"#);
    let ports = rules[1].ports.as_ref().unwrap();
    assert!(ports.iter().all(|it| it.port == Some(IntOrString::Int(53))), "only name servers");
}

#[test]
fn an_address_range_that_no_policy_takes_is_named() {
    let fault = |ranges: Value| {
        let rails = json!({ "network": { "blockedAddresses": ranges } });
        fault(&revision(EngineName::Flux, rails))
    };
    assert_eq!(fault(json!(["10.0.0.0/8", "fd00::/8", "192.0.2.1/32"])), None);
    for range in ["10.0.0.0", "10.0.0.0/33", "0.0.0.0/0", "::/0", "ten/8", ""] {
        let expected =
            format!("guardRails.network.blockedAddresses: {range:?} is no address range (CIDR).");
        assert_eq!(fault(json!(["10.0.0.0/8", range])), Some(expected));
    }
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
