use serde_json::{Value, json};

use super::*;

fn definition(kind: &str) -> Value {
    custom_resource_definitions()
        .iter()
        .map(|definition| serde_json::to_value(definition).expect("a definition is JSON"))
        .find(|definition| definition["spec"]["names"]["kind"] == kind)
        .expect("a definition of ours")
}

fn spec_of(kind: &str) -> Value {
    definition(kind)["spec"]["versions"][0]["schema"]["openAPIV3Schema"]["properties"]["spec"]
        .clone()
}

#[test]
fn names_are_those_of_the_contract() {
    for (kind, plural, short, scope) in [
        ("DployTemplate", "dploytemplates", "dtpl", "Namespaced"),
        ("DployInstance", "dployinstances", "dinst", "Namespaced"),
        ("DployOwner", "dployowners", "downer", "Namespaced"),
        ("OperatorConfig", "operatorconfigs", "opcfg", "Cluster"),
    ] {
        let spec = &definition(kind)["spec"];
        assert_eq!(spec["group"], "dploy.dev");
        assert_eq!(spec["names"]["plural"], plural);
        assert_eq!(spec["names"]["shortNames"], json!([short]));
        assert_eq!(spec["scope"], scope);
    }
}

#[test]
fn a_short_template_gets_the_defaults() {
    let spec: DployTemplateSpec = serde_json::from_value(json!({
        "chart": { "type": "helm", "repoURL": "https://charts.example.org", "chart": "lab" }
    }))
    .expect("a short manifest");
    assert!(spec.enabled && spec.visible);
    assert_eq!((spec.method, spec.engine), (Method::OnDemand, None));
    let schema = spec_of("DployTemplate");
    assert_eq!(schema["properties"]["enabled"]["default"], true);
    assert_eq!(schema["properties"]["method"]["default"], "on-demand");
    assert_eq!(schema["properties"]["pool"]["properties"]["recycle"]["default"], true);
    assert_eq!(schema["properties"]["pool"]["properties"]["whenEmpty"]["default"], "refuse");
}

#[test]
fn the_default_limits_are_those_of_the_contract() {
    let defaults = &spec_of("OperatorConfig")["properties"]["defaults"];
    assert_eq!(
        defaults["default"],
        json!({ "ttlSeconds": 86400, "extendSeconds": 7200, "maxExtends": 0, "maxInstancesPerUser": 5 })
    );
    let part: OperatorConfigSpec =
        serde_json::from_value(json!({ "defaults": { "maxExtends": 3 } }))
            .expect("a part is enough");
    assert_eq!(part.defaults, LaunchDefaults { max_extends: 3, ..LaunchDefaults::default() });
    assert_eq!(part.default_engine, EngineName::Flux);
}

/// A structural schema has no references, and no types within a composition (Kubernetes,
/// "Specifying a structural schema").
#[test]
fn schemas_are_structural() {
    fn walk(path: &str, schema: &Value) {
        assert!(schema.get("$ref").is_none(), "{path} has a reference");
        for composition in ["anyOf", "oneOf", "allOf"] {
            for part in schema.get(composition).and_then(Value::as_array).into_iter().flatten() {
                assert!(
                    part.get("properties").is_none_or(|_| schema.get("properties").is_some()),
                    "{path}"
                );
                assert!(part.get("type").is_none(), "{path}: a type within {composition}");
            }
        }
        for (name, property) in
            schema.get("properties").and_then(Value::as_object).into_iter().flatten()
        {
            walk(&format!("{path}.{name}"), property);
        }
        if let Some(items) = schema.get("items") {
            walk(&format!("{path}[]"), items);
        }
    }
    for kind in ["DployTemplate", "DployInstance", "DployOwner", "OperatorConfig"] {
        let schema = &definition(kind)["spec"]["versions"][0]["schema"]["openAPIV3Schema"];
        walk(kind, schema);
    }
}

#[test]
fn the_schema_asks_for_the_source_that_each_engine_needs() {
    let schema = spec_of("DployTemplate").to_string();
    for engine in EngineName::ALL {
        let needs = |rule: &str| {
            let name = rule.contains(&format!("'{}'", engine.as_str()));
            name && rule.contains(&engine.source().field().replace("spec.", "has(self."))
        };
        let rules = schema.split("\"rule\":").filter(|rule| needs(rule));
        assert_eq!(rules.count(), 1, "one rule asks for the source of engine {}", engine.as_str());
    }
}

#[test]
fn every_reason_is_read_as_it_is_written() {
    for reason in [Reason::Healthy, Reason::RESTClientError, Reason::from(Phase::Expiring)] {
        assert_eq!(Reason::from_word(reason.as_str()), Some(reason));
    }
    assert_eq!(Reason::from_word("healthy"), None);
}

#[test]
fn each_paragraph_of_a_description_is_on_one_line() {
    fn walk(path: &str, value: &Value) {
        for (key, inner) in value.as_object().into_iter().flatten() {
            let path = format!("{path}.{key}");
            if let ("description", Some(text)) = (key.as_str(), inner.as_str()) {
                assert!(!text.replace("\n\n", "").contains('\n'), "{path}: {text}");
            }
            walk(&path, inner);
        }
    }
    for kind in ["DployTemplate", "DployInstance", "DployOwner", "OperatorConfig"] {
        walk(kind, &definition(kind)["spec"]["versions"][0]["schema"]);
    }
}
