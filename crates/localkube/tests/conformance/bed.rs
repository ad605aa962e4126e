//! The fixture of the tests: a client, a namespace, a custom kind, and waits with a timeout.

use std::{future::Future, ops::Deref, path::PathBuf, time::Duration};

use clock::World;
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

/// A client of the tested server, and a namespace of the test.
pub struct Bed {
    pub client: Client,
    pub namespace: String,
    /// Keeps the embedded server alive.
    _kube: Option<LocalKube>,
}

/// A path from an environment variable.
#[expect(clippy::disallowed_methods, reason = "the tests have no other configuration")]
pub fn variable(name: &str) -> Option<PathBuf> {
    std::env::var_os(name).map(PathBuf::from)
}

/// The kubeconfig of the cluster to test; `None` to test the embedded server.
pub fn cluster_kubeconfig() -> Option<PathBuf> {
    variable("DPLOY_CLUSTER_KUBECONFIG")
}

/// Replaces the matches of each pattern by its word: values that differ between runs.
pub fn redact(text: String, words: &[(&str, &str)]) -> String {
    words.iter().fold(text, |text, (pattern, word)| {
        Regex::new(pattern).unwrap().replace_all(&text, *word).into_owned()
    })
}

/// A name that no other test uses.
pub fn unique(prefix: &str) -> String {
    format!("{prefix}-{}", clock::random_hex::<4>())
}

/// The writer of the embedded server. A real cluster is tested instead of [`Writer::Thread`].
#[derive(Debug, Clone, Copy)]
pub enum Writer {
    /// The one of `dploy dev`.
    Thread,
    /// The one of the simulation, which writes in the caller.
    Caller,
}

impl Bed {
    pub async fn new() -> Self {
        Self::with(Writer::Thread).await
    }

    pub async fn with(writer: Writer) -> Self {
        let (client, kube) = match writer {
            Writer::Thread => server().await,
            Writer::Caller => simulated(),
        };
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

    /// Creates a kind for this test. `schema` describes its `spec`.
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

/// The custom kind of a test, and its API in the namespace of the test.
pub struct Widgets {
    api: Api<DynamicObject>,
    kind: ApiResource,
}

impl Widgets {
    /// The API of the same kind, through another client.
    pub fn with_client(&self, client: Client) -> Self {
        let api = Api::default_namespaced_with(client, &self.kind);
        Self { api, kind: self.kind.clone() }
    }

    /// The group of the kind, which no other test uses.
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
    let Some(path) = cluster_kubeconfig() else {
        let kube = LocalKube::in_memory(clock::SystemClock::shared());
        return (kube.client("default"), Some(kube));
    };
    let file = Kubeconfig::read_from(path).unwrap();
    let config = Config::from_custom_kubeconfig(file, &KubeConfigOptions::default()).await;
    (Client::try_from(config.unwrap()).unwrap(), None)
}

/// A simulated server, whose background work is done after a short while.
fn simulated() -> (Client, Option<LocalKube>) {
    let (kube, chores) = LocalKube::simulated(World::of_the_machine(), 4_096);
    tokio::spawn(async move { chores.run(1, || Duration::from_millis(1)).await });
    (kube.client("default"), Some(kube))
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

/// The code, reason and message of an error response.
#[track_caller]
pub fn error_of<T: std::fmt::Debug>(result: kube::Result<T>) -> (u16, String, String) {
    match result {
        Err(kube::Error::Api(status)) => {
            (status.code, status.reason.clone(), status.message.clone())
        }
        other => panic!("expected an error response, got {other:?}"),
    }
}

/// Waits until `is_met` returns true, and panics after ten seconds.
pub async fn eventually<F: Future<Output = bool>>(condition: &str, is_met: impl Fn() -> F) {
    let wait = async {
        while !is_met().await {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    assert!(
        tokio::time::timeout(Duration::from_secs(10), wait).await.is_ok(),
        "timed out waiting until {condition}"
    );
}
