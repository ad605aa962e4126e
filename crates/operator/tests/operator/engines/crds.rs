//! The upstreams' kinds in an embedded API server: their names, and any shape.

use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::CustomResourceDefinition;
use kube::{Api, Client, api::PostParams, runtime::conditions, runtime::wait::await_condition};
use serde_json::json;

/// Group, version, kind and plural.
pub(crate) type Definition = (&'static str, &'static str, &'static str, &'static str);

pub(crate) async fn install(client: &Client, definitions: &[Definition]) {
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
                    "subresources": { "status": {} },
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
