//! Compares the chart's values with its defaults and with the variables of the binary.
//! `cargo xtask test --only chart` keeps the snapshots that are read here current.

use std::{collections::BTreeSet, fs, path::Path};

use dploy::variables;
use serde::Deserialize as _;
use serde_yaml_ng::{Deserializer, Value};

/// Switches that `every-value` leaves on: the other values have no effect without them.
const STAY_ON: [&str; 6] = [
    "admissionPolicy.create",
    "metrics.enabled",
    "networkPolicy.enabled",
    "operate.podDisruptionBudget.enabled",
    "operate.serviceAccount.create",
    "rbac.create",
];

fn documents(path: &str) -> Vec<Value> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("charts/dploy").join(path);
    let text = fs::read_to_string(path).expect("a file of the chart");
    let documents = Deserializer::from_str(&text);
    documents.map(|document| Value::deserialize(document).expect("YAML")).collect()
}

fn values(path: &str) -> Value {
    let mut documents = documents(path);
    let mut only = documents.pop().expect("a document");
    only.apply_merge().expect("anchors that exist");
    only
}

/// Adds every value that is not a section, with its path.
fn leaves(value: &Value, path: &str, found: &mut Vec<(String, Value)>) {
    match value.as_mapping() {
        Some(section) if !section.is_empty() => {
            for (key, value) in section {
                let key = key.as_str().expect("a name");
                let path = if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") };
                leaves(value, &path, found);
            }
        }
        _ => found.push((path.to_owned(), value.clone())),
    }
}

fn at<'a>(values: &'a Value, path: &str) -> Option<&'a Value> {
    path.split('.').try_fold(values, |section, key| section.get(key))
}

#[test]
fn every_value_is_set_to_something_else_in_ci() {
    let (defaults, set) = (values("values.yaml"), values("ci/every-value-values.yaml"));
    let mut found = Vec::new();
    leaves(&defaults, "", &mut found);
    assert!(found.len() > 80, "{} values", found.len());
    let same = |(path, default): &(String, Value)| {
        let value = at(&set, path).unwrap_or_else(|| panic!("{path} is not set"));
        (value == default).then(|| path.clone())
    };
    let same: BTreeSet<String> = found.iter().filter_map(same).collect();
    assert_eq!(same, STAY_ON.map(str::to_owned).into());
}

#[test]
fn every_variable_can_be_set_by_a_value() {
    let rendered = documents("ci/snapshots/every-value.yaml");
    let given: BTreeSet<String> =
        ["serve", "operate"].iter().flat_map(|role| environment(&rendered, role)).collect();
    for variable in variables::ALL.iter().map(|it| it.name).chain(["RUST_LOG"]) {
        assert!(given.contains(variable), "{variable} is given to no pod: {given:?}");
    }
}

#[test]
fn each_role_is_given_its_own_ports_and_no_secret_of_the_other() {
    let rendered = documents("ci/snapshots/every-value.yaml");
    let (serve, operate) = (environment(&rendered, "serve"), environment(&rendered, "operate"));
    for both in ["METRICS_PORT", "SERVER_HOST", "DPLOY_NAMESPACE", "HOSTNAME"] {
        assert!(serve.contains(both) && operate.contains(both), "{both}");
    }
    assert!(operate.contains("HEALTH_PORT") && !serve.contains("HEALTH_PORT"));
    for secret in ["OIDC_CLIENT_SECRET", "SESSION_SECRET"] {
        assert!(serve.contains(secret) && !operate.contains(secret), "{secret}");
    }
}

#[test]
fn the_secret_of_sessions_is_one_that_the_chart_creates() {
    let rendered = documents("ci/snapshots/sign-in.yaml");
    let secrets: Vec<_> = rendered
        .iter()
        .filter(|it| it.get("kind").and_then(Value::as_str) == Some("Secret"))
        .filter(|it| at(it, "data.session-secret").is_some())
        .map(|it| text(it, "metadata.name"))
        .collect();
    assert_eq!(secrets, ["dploy-sessions"]);
    let env = rendered.iter().find_map(|it| {
        let container = at(it, "spec.template.spec.containers")?.get(0)?;
        (text(container, "name") == "serve").then(|| list(container, "env").collect::<Vec<_>>())
    });
    let env = env.expect("a Deployment of serve");
    let secret = env.iter().find(|it| text(it, "name") == "SESSION_SECRET").expect("the variable");
    assert_eq!(text(secret, "valueFrom.secretKeyRef.name"), "dploy-sessions");
    assert_eq!(text(secret, "valueFrom.secretKeyRef.key"), "session-secret");
}

/// The variables of the container of a role's Deployment.
fn environment(rendered: &[Value], role: &str) -> BTreeSet<String> {
    let of_kind = |kind: &'static str| {
        rendered.iter().filter(move |it| it.get("kind").and_then(Value::as_str) == Some(kind))
    };
    let container =
        |deployment: &Value| at(deployment, "spec.template.spec.containers")?.get(0).cloned();
    let container = of_kind("Deployment")
        .filter_map(container)
        .find(|container| text(container, "name") == role)
        .unwrap_or_else(|| panic!("no Deployment runs {role}"));
    let named = list(&container, "env").map(|entry| text(&entry, "name"));
    let maps: BTreeSet<String> =
        list(&container, "envFrom").map(|entry| text(&entry, "configMapRef.name")).collect();
    let maps = of_kind("ConfigMap").filter(|map| maps.contains(&text(map, "metadata.name")));
    let data = maps.filter_map(|map| map.get("data")?.as_mapping());
    let keys = data.flat_map(|data| data.keys().filter_map(Value::as_str).map(str::to_owned));
    named.chain(keys).collect()
}

fn list<'a>(value: &'a Value, path: &str) -> impl Iterator<Item = Value> + use<'a> {
    at(value, path).and_then(Value::as_sequence).into_iter().flatten().cloned()
}

fn text(value: &Value, path: &str) -> String {
    at(value, path).and_then(Value::as_str).unwrap_or_default().to_owned()
}
