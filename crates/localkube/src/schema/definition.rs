//! Validates a CustomResourceDefinition.

use regex::Regex;
use serde_json::Value;

use super::node::child_path;
use crate::field_error::FieldError;

/// The invalid fields of a definition.
pub(crate) fn check_definition(definition: &Value) -> Vec<FieldError> {
    let mut errors = Vec::new();
    check_names(definition, &mut errors);
    let versions = definition["spec"]["versions"].as_array().map(Vec::as_slice).unwrap_or_default();
    let storage = versions.iter().filter(|version| version["storage"] == true).count();
    if storage != 1 {
        let value = Value::from(versions.iter().map(|v| v["name"].clone()).collect::<Vec<_>>());
        let why = "must have exactly one version marked as storage version";
        errors.push(FieldError::invalid("spec.versions", &value, why));
    }
    for (at, version) in versions.iter().enumerate() {
        let path = format!("spec.versions[{at}].schema.openAPIV3Schema");
        match &version["schema"]["openAPIV3Schema"] {
            Value::Null => errors.push(FieldError::required(path, "schemas are required")),
            schema => check_schema(schema, &path, &mut errors),
        }
    }
    errors
}

fn check_names(definition: &Value, errors: &mut Vec<FieldError>) {
    let spec = &definition["spec"];
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let (group, plural) = (text(&spec["group"]), text(&spec["names"]["plural"]));
    for (field, value) in [
        ("spec.group", &spec["group"]),
        ("spec.names.plural", &spec["names"]["plural"]),
        ("spec.names.kind", &spec["names"]["kind"]),
    ] {
        if text(value).is_empty() {
            errors.push(FieldError::required(field, ""));
        }
    }
    let wanted = format!("{plural}.{group}");
    let name = &definition["metadata"]["name"];
    if *name != wanted.as_str() {
        let why = "must be spec.names.plural+\".\"+spec.group";
        errors.push(FieldError::invalid("metadata.name", name, why));
    }
    if !matches!(spec["scope"].as_str(), Some("Namespaced" | "Cluster")) {
        let supported = ["Cluster".into(), "Namespaced".into()];
        errors.push(FieldError::not_supported("spec.scope", &spec["scope"], &supported));
    }
}

fn check_schema(schema: &Value, path: &str, errors: &mut Vec<FieldError>) {
    if let Some(pattern) = schema["pattern"].as_str()
        && let Err(error) = Regex::new(pattern)
    {
        let why = format!("must be a valid regular expression, but isn't: {error}");
        errors.push(FieldError::invalid(format!("{path}.pattern"), &schema["pattern"], why));
    }
    for (at, rule) in
        schema["x-kubernetes-validations"].as_array().into_iter().flatten().enumerate()
    {
        if let Err(error) =
            kube_cel::cel::Program::compile(rule["rule"].as_str().unwrap_or_default())
        {
            let path = format!("{path}.x-kubernetes-validations[{at}].rule");
            let why = format!("compilation failed: {error}");
            errors.push(FieldError::invalid(path, &rule["rule"], why));
        }
    }
    for (name, property) in schema["properties"].as_object().into_iter().flatten() {
        check_schema(property, &format!("{path}.properties[{name}]"), errors);
    }
    for field in ["items", "additionalProperties", "not"] {
        if schema[field].is_object() {
            check_schema(&schema[field], &child_path(path, field), errors);
        }
    }
    for field in ["allOf", "anyOf", "oneOf"] {
        for (at, one) in schema[field].as_array().into_iter().flatten().enumerate() {
            check_schema(one, &format!("{path}.{field}[{at}]"), errors);
        }
    }
}
