//! Validates names, label keys and values, annotation keys and finalizers.

use serde_json::Value;

use crate::{field_error::FieldError, kinds::Kind};

const SUBDOMAIN: &str = "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and \
must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is \
'[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";
const LABEL: &str = "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start \
and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is \
'[a-z0-9]([-a-z0-9]*[a-z0-9])?')";
const LABEL_VALUE: &str = "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and \
must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation \
is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";
const LABEL_KEY: &str = "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an \
alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is \
'([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";

/// The invalid names, labels, annotation keys and finalizers of `object`.
pub(super) fn validate(kind: &Kind, object: &Value) -> Vec<FieldError> {
    let metadata = &object["metadata"];
    let mut errors = Vec::new();
    let name = metadata["name"].as_str().unwrap_or_default();
    if let Some(why) = name_error(kind, name) {
        errors.push(FieldError::invalid("metadata.name", &metadata["name"], why));
    }
    for (key, value) in metadata["labels"].as_object().into_iter().flatten() {
        validate_label(key, value, &mut errors);
    }
    for key in metadata["annotations"].as_object().into_iter().flatten().map(|(key, _)| key) {
        if let Some(why) = key_error(key) {
            errors.push(FieldError::invalid("metadata.annotations", &key.as_str().into(), why));
        }
    }
    for finalizer in metadata["finalizers"].as_array().into_iter().flatten() {
        if let Some(why) = key_error(finalizer.as_str().unwrap_or_default()) {
            errors.push(FieldError::invalid("metadata.finalizers", finalizer, why));
        }
    }
    errors
}

fn name_error(kind: &Kind, name: &str) -> Option<String> {
    if kind.write_rules.path_names {
        return name.contains(['/', '%']).then(|| "may not contain '/' or '%'".to_owned());
    }
    let is_label_name = kind.is("", "Namespace") || kind.is("", "Service");
    let (max_bytes, rule) = if is_label_name { (63, LABEL) } else { (253, SUBDOMAIN) };
    if name.len() > max_bytes {
        return Some(format!("must be no more than {max_bytes} bytes"));
    }
    let is_valid = if is_label_name { is_label(name) } else { name.split('.').all(is_label) };
    (!is_valid).then(|| rule.to_owned())
}

fn is_label(text: &str) -> bool {
    let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    !text.is_empty() && text.chars().all(fits) && !text.starts_with('-') && !text.ends_with('-')
}

fn validate_label(key: &str, value: &Value, errors: &mut Vec<FieldError>) {
    if let Some(why) = key_error(key) {
        errors.push(FieldError::invalid("metadata.labels", &key.into(), why));
    }
    let text = value.as_str().unwrap_or_default();
    if text.len() > 63 {
        errors.push(FieldError::invalid("metadata.labels", value, "must be no more than 63 bytes"));
    } else if !text.is_empty() && !is_qualified_name_part(text) {
        errors.push(FieldError::invalid("metadata.labels", value, LABEL_VALUE));
    }
}

/// Why `key` is no valid label key, annotation key or finalizer; `None` when it is one.
fn key_error(key: &str) -> Option<String> {
    let (prefix, name) =
        key.rsplit_once('/').map_or((None, key), |(prefix, name)| (Some(prefix), name));
    if prefix.is_some_and(|prefix| !prefix.split('.').all(is_label)) {
        return Some(format!("prefix part {SUBDOMAIN}"));
    }
    match name {
        "" => Some("name part must be non-empty".to_owned()),
        name if name.len() > 63 => Some("name part must be no more than 63 bytes".to_owned()),
        name if !is_qualified_name_part(name) => Some(LABEL_KEY.to_owned()),
        _ => None,
    }
}

fn is_qualified_name_part(text: &str) -> bool {
    let edge = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
    let fits = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    edge(text.chars().next()) && edge(text.chars().last()) && text.chars().all(fits)
}
