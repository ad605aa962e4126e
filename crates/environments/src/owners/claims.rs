//! Names from the claims of a token.

use serde_json::{Map, Value};

/// The first usable value of the claim at `path`: the claim itself, or the first usable element of
/// a list. A dot in `path` separates nested claims, or is part of a claim's name.
pub(crate) fn first_value(claims: &Map<String, Value>, path: &str) -> Option<String> {
    match at(claims, path)? {
        Value::Array(values) => values.iter().find_map(scalar),
        value => scalar(value),
    }
}

/// Every claim with a usable value, by its path, with the value that [`first_value`] returns.
pub(crate) fn all_values(claims: &Map<String, Value>) -> Vec<(String, String)> {
    let mut paths = Vec::new();
    collect_paths(claims, "", &mut paths);
    paths
        .into_iter()
        .filter_map(|path| first_value(claims, &path).map(|value| (path, value)))
        .collect()
}

fn collect_paths(claims: &Map<String, Value>, parent: &str, paths: &mut Vec<String>) {
    for (name, value) in claims {
        let path = if parent.is_empty() { name.clone() } else { format!("{parent}.{name}") };
        match value {
            Value::Object(nested) => collect_paths(nested, &path, paths),
            _ => paths.push(path),
        }
    }
}

fn at<'a>(claims: &'a Map<String, Value>, path: &str) -> Option<&'a Value> {
    if let Some(value) = claims.get(path) {
        return Some(value);
    }
    path.match_indices('.').find_map(|(dot, _)| {
        let nested = claims.get(&path[..dot])?.as_object()?;
        at(nested, &path[dot + 1..])
    })
}

fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::String(text) if !text.trim().is_empty() => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(truth) => Some(truth.to_string()),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
