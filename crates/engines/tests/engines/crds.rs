//! The upstreams' kinds in an embedded API server: their names, and any shape.

use k8s_openapi::{
    api::core::v1::Namespace,
    apiextensions_apiserver::pkg::apis::apiextensions::v1::CustomResourceDefinition,
};
use kube::{
    Api, Client,
    api::{ApiResource, ObjectMeta, PostParams},
    core::GroupVersionKind,
    runtime::{conditions, wait::await_condition},
};
use serde_json::json;

/// Group, version, kind and plural.
pub(crate) type Definition = (&'static str, &'static str, &'static str, &'static str);

pub(crate) fn resource((group, version, kind, plural): Definition) -> ApiResource {
    ApiResource::from_gvk_with_plural(&GroupVersionKind::gvk(group, version, kind), plural)
}

pub(crate) async fn open(client: &Client, name: &str) {
    let metadata = ObjectMeta { name: Some(name.into()), ..ObjectMeta::default() };
    let namespace = Namespace { metadata, ..Namespace::default() };
    Api::all(client.clone()).create(&PostParams::default(), &namespace).await.unwrap();
}

/// `status`: whether their status is written apart from the rest.
pub(crate) async fn install(client: &Client, definitions: &[Definition], status: bool) {
    let subresources = if status { json!({ "status": {} }) } else { json!({}) };
    let api: Api<CustomResourceDefinition> = Api::all(client.clone());
    for (group, version, kind, plural) in definitions {
        let name = format!("{plural}.{group}");
        let definition = json!({
            "metadata": { "name": name },
            "spec": {
                "group": group,
                "scope": "Namespaced",
                "names": { "kind": kind, "plural": plural, "singular": kind.to_lowercase() },
                "versions": [{
                    "name": version, "served": true, "storage": true,
                    "subresources": subresources,
                    "schema": { "openAPIV3Schema": {
                        "type": "object",
                        "properties": {
                            "spec": { "type": "object", "x-kubernetes-preserve-unknown-fields": true },
                            "status": { "type": "object", "x-kubernetes-preserve-unknown-fields": true },
                        },
                    } },
                }],
            },
        });
        let definition = serde_json::from_value(definition).unwrap();
        api.create(&PostParams::default(), &definition).await.unwrap();
        await_condition(api.clone(), &name, conditions::is_crd_established()).await.unwrap();
    }
}
