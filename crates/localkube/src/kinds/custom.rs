//! The kinds of a CustomResourceDefinition.

use std::sync::Arc;

use serde_json::Value;

use super::kind::{Column, Custom, Kind, WriteRules};
use crate::schema::{CelRules, Schema};

/// One kind for each served version of a definition.
pub(super) fn kinds(definition: &Value) -> Vec<Kind> {
    let spec = &definition["spec"];
    let versions = spec["versions"].as_array().map(Vec::as_slice).unwrap_or_default();
    versions
        .iter()
        .filter(|version| version["served"] == true)
        .map(|version| kind(spec, version))
        .collect()
}

fn kind(spec: &Value, version: &Value) -> Kind {
    let names = accepted_names(spec);
    Kind {
        group: text(&spec["group"]),
        version: text(&version["name"]),
        name: text(&names["kind"]),
        list_name: text(&names["listKind"]),
        plural: text(&names["plural"]),
        singular: text(&names["singular"]),
        short_names: texts(&names["shortNames"]),
        categories: texts(&names["categories"]),
        namespaced: spec["scope"] == "Namespaced",
        status: version["subresources"]["status"].is_object(),
        write_rules: WriteRules { generation: true, ..WriteRules::default() },
        custom: Some(Arc::new(details(version))),
        round_trip: None,
    }
}

fn details(version: &Value) -> Custom {
    let schema = &version["schema"]["openAPIV3Schema"];
    let columns = version["additionalPrinterColumns"].as_array().into_iter().flatten();
    let selectable = version["selectableFields"].as_array().into_iter().flatten();
    Custom {
        schema: Schema::read(schema),
        json: schema.clone(),
        cel: CelRules::compile(schema),
        columns: columns.map(column).collect(),
        selectable: selectable
            .map(|field| text(&field["jsonPath"]).trim_start_matches('.').to_owned())
            .collect(),
    }
}

fn column(json: &Value) -> Column {
    Column {
        name: text(&json["name"]),
        kind: text(&json["type"]),
        path: text(&json["jsonPath"]),
        priority: json["priority"].as_i64().unwrap_or_default(),
        description: text(&json["description"]),
    }
}

/// The names of a definition, with defaults for the optional `listKind` and `singular`.
pub(crate) fn accepted_names(spec: &Value) -> Value {
    let mut names = spec["names"].clone();
    let kind = text(&names["kind"]);
    if names["listKind"].as_str().is_none_or(str::is_empty) {
        names["listKind"] = format!("{kind}List").into();
    }
    if names["singular"].as_str().is_none_or(str::is_empty) {
        names["singular"] = kind.to_lowercase().into();
    }
    names
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn texts(value: &Value) -> Vec<String> {
    value.as_array().into_iter().flatten().map(text).collect()
}
