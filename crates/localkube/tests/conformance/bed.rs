//! A server to ask, a namespace of one's own, and waits that end.

use std::{future::Future, ops::Deref, path::PathBuf, time::Duration};

use k8s_openapi::{
    api::core::v1::{ConfigMap, Namespace},
    apiextensions_apiserver::pkg::apis::apiextensions::v1::CustomResourceDefinition,
};
use kube::{
    Api, Client, Config,
    api::{ApiResource, DynamicObject, GroupVersionKind, ObjectMeta, PostParams},
    config::{KubeConfigOptions, Kubeconfig},
};
use localkube::LocalKube;
use regex::Regex;
use serde_json::{Value, json};

/// A server and a namespace on it.
pub struct Bed {
    pub client: Client,
    pub namespace: String,
    // Keeps the embedded server alive.
    _kube: Option<LocalKube>,
}

/// A variable that points the suite at something.
#[expect(clippy::disallowed_methods, reason = "tests have no configuration of their own")]
pub fn variable(name: &str) -> Option<PathBuf> {
    std::env::var_os(name).map(PathBuf::from)
}

/// The kubeconfig of the server that is to be asked, where it is not the embedded one.
pub fn given_kubeconfig() -> Option<PathBuf> {
    variable("DPLOY_CLUSTER_KUBECONFIG")
}

/// The text with what the patterns match replaced by words, one after the other: what differs from run to run.
pub fn without_chance(text: String, words: &[(&str, &str)]) -> String {
    words.iter().fold(text, |text, (pattern, word)| {
        Regex::new(pattern).unwrap().replace_all(&text, *word).into_owned()
    })
}

/// A random name that no other test has.
pub fn unique(prefix: &str) -> String {
    format!("{prefix}-{}", clock::random_hex::<4>())
}

impl Bed {
    pub async fn new() -> Self {
        let (client, kube) = server().await;
        let namespace = unique("conformance");
        let object = Namespace { metadata: named(&namespace), ..Namespace::default() };
        Api::all(client.clone()).create(&PostParams::default(), &object).await.unwrap();
        Self { client, namespace, _kube: kube }
    }

    pub fn config_maps(&self) -> Api<ConfigMap> {
        Api::namespaced(self.client.clone(), &self.namespace)
    }

    /// Creates a config map with labels and one value.
    pub async fn config_map(&self, name: &str, label: &str) -> ConfigMap {
        let object = config_map(name, label);
        self.config_maps().create(&PostParams::default(), &object).await.unwrap()
    }

    /// Installs a kind of this test's own, with `spec` described by `schema`.
    pub async fn kind(&self, schema: Value) -> Widgets {
        let group = format!("{}.test.dploy.dev", unique("g"));
        let definition: CustomResourceDefinition =
            serde_json::from_value(definition(&group, schema)).unwrap();
        let definitions: Api<CustomResourceDefinition> = Api::all(self.client.clone());
        definitions.create(&PostParams::default(), &definition).await.unwrap();
        let kind = ApiResource::from_gvk_with_plural(
            &GroupVersionKind::gvk(&group, "v1", "Widget"),
            "widgets",
        );
        let api = Api::namespaced_with(self.client.clone(), &self.namespace, &kind);
        eventually("the kind is served", || async { api.list(&Default::default()).await.is_ok() })
            .await;
        Widgets { api, kind }
    }
}

/// A kind of a test's own.
pub struct Widgets {
    api: Api<DynamicObject>,
    kind: ApiResource,
}

impl Widgets {
    /// The same kind, asked for by another client.
    pub fn heard(&self, client: Client) -> Self {
        let api = Api::default_namespaced_with(client, &self.kind);
        Self { api, kind: self.kind.clone() }
    }

    /// The group of the kind, which no other test has.
    pub fn group(&self) -> &str {
        &self.kind.group
    }

    /// A widget with this `spec`.
    pub fn widget(&self, name: &str, spec: Value) -> DynamicObject {
        DynamicObject::new(name, &self.kind).data(json!({ "spec": spec }))
    }
}

impl Deref for Widgets {
    type Target = Api<DynamicObject>;

    fn deref(&self) -> &Self::Target {
        &self.api
    }
}

async fn server() -> (Client, Option<LocalKube>) {
    let Some(path) = given_kubeconfig() else {
        let kube = LocalKube::in_memory(clock::SystemClock::shared());
        return (kube.client("default"), Some(kube));
    };
    let file = Kubeconfig::read_from(path).unwrap();
    let config = Config::from_custom_kubeconfig(file, &KubeConfigOptions::default()).await;
    (Client::try_from(config.unwrap()).unwrap(), None)
}

fn definition(group: &str, spec: Value) -> Value {
    json!({
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": { "name": format!("widgets.{group}") },
        "spec": {
            "group": group,
            "scope": "Namespaced",
            "names": { "kind": "Widget", "plural": "widgets" },
            "versions": [{
                "name": "v1", "served": true, "storage": true,
                "subresources": { "status": {} },
                "selectableFields": [{ "jsonPath": ".spec.color" }],
                "schema": { "openAPIV3Schema": {
                    "type": "object",
                    "properties": {
                        "spec": spec,
                        "status": { "type": "object", "x-kubernetes-preserve-unknown-fields": true },
                    },
                } },
            }],
        },
    })
}

/// A config map with a label `app`.
pub fn config_map(name: &str, label: &str) -> ConfigMap {
    let labels = Some([("app".to_owned(), label.to_owned())].into());
    let metadata = ObjectMeta { labels, ..named(name) };
    ConfigMap {
        metadata,
        data: Some([("key".into(), "value".into())].into()),
        ..Default::default()
    }
}

pub fn named(name: &str) -> ObjectMeta {
    ObjectMeta { name: Some(name.to_owned()), ..ObjectMeta::default() }
}

/// The refusal of the server.
#[track_caller]
pub fn refused<T: std::fmt::Debug>(result: kube::Result<T>) -> (u16, String, String) {
    match result {
        Err(kube::Error::Api(status)) => {
            (status.code, status.reason.clone(), status.message.clone())
        }
        other => panic!("expected a refusal, got {other:?}"),
    }
}

/// Waits until `holds`, ten seconds at most.
pub async fn eventually<F: Future<Output = bool>>(what: &str, holds: impl Fn() -> F) {
    let all = async {
        while !holds().await {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    assert!(tokio::time::timeout(Duration::from_secs(10), all).await.is_ok(), "never: {what}");
}
