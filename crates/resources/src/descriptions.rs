//! Puts each paragraph of a schema's descriptions on one line.
//!
//! The descriptions are doc comments, which wrap at the width of the source. `kubectl explain`
//! keeps these line breaks and adds its own.

use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::{
    CustomResourceDefinition, JSONSchemaProps, JSONSchemaPropsOrArray, JSONSchemaPropsOrBool,
};

/// The definition with each paragraph of its descriptions on one line.
pub(crate) fn on_one_line(mut definition: CustomResourceDefinition) -> CustomResourceDefinition {
    let schemas = definition.spec.versions.iter_mut().filter_map(|it| it.schema.as_mut());
    schemas.filter_map(|it| it.open_api_v3_schema.as_mut()).for_each(join_lines);
    definition
}

fn join_lines(schema: &mut JSONSchemaProps) {
    if let Some(description) = &mut schema.description {
        let paragraphs: Vec<_> =
            description.split("\n\n").map(|it| it.replace('\n', " ")).collect();
        *description = paragraphs.join("\n\n");
    }
    schema.properties.iter_mut().flat_map(|it| it.values_mut()).for_each(join_lines);
    if let Some(JSONSchemaPropsOrArray::Schema(items)) = &mut schema.items {
        join_lines(items);
    }
    if let Some(JSONSchemaPropsOrBool::Schema(values)) = &mut schema.additional_properties {
        join_lines(values);
    }
}
