//! A cluster and an identity provider on loopback, for tests of other processes.

use std::{fs, path::PathBuf};

use clock::SystemClock;
use dev::provider::Provider;
use k8s_openapi::api::{apps::v1::ControllerRevision, core::v1::Namespace};
use kube::{
    Api, ResourceExt,
    api::{Patch, PatchParams, PostParams},
};
use localkube::LocalKube;
use resources::DployTemplate;
use serde_json::json;
use tempfile::TempDir;
use testbed::{Client, eventually};
use tokio::net::TcpListener;

use super::program::kube_client;

const NAMESPACE: &str = "dploy-system";

/// A template whose workload is ready at once in any cluster.
const NOTES: &str = "
apiVersion: dploy.dev/v1alpha1
kind: DployTemplate
metadata: { name: notes }
spec:
  engine: manifests
  manifests: |
    apiVersion: v1
    kind: ConfigMap
    metadata: { name: notes }
    data: { owner: {{ .Owner | quote }} }
";

/// An API server and an identity provider on loopback.
pub(crate) struct World {
    directory: TempDir,
    pub(crate) provider: Provider,
    pub(crate) issuer: String,
}

impl World {
    pub(crate) async fn start() -> Self {
        Self::start_behind(|cluster| cluster).await
    }

    /// The same with `front` before the API server.
    pub(crate) async fn start_behind(front: impl FnOnce(axum::Router) -> axum::Router) -> Self {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let cluster = LocalKube::in_memory(SystemClock::shared());
        let address = serve(front(cluster.router())).await;
        fs::write(directory.path().join("kubeconfig"), LocalKube::kubeconfig(&address, NAMESPACE))
            .expect("a kubeconfig");

        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let issuer = format!("http://{}", listener.local_addr().expect("an address"));
        let provider = Provider::open(
            &directory.path().join("identity"),
            &issuer,
            "http://dploy.test",
            SystemClock::shared(),
        );
        let provider = provider.expect("a provider");
        tokio::spawn(axum::serve(listener, provider.router()).into_future());
        Self { directory, provider, issuer }
    }

    pub(crate) fn kubeconfig(&self) -> PathBuf {
        self.directory.path().join("kubeconfig")
    }

    /// Applies what an admin applies to install Dploy, and the sample templates.
    pub(crate) async fn install(&self) {
        let client = kube_client(&self.kubeconfig()).await;
        let definitions = Api::all(client.clone());
        for definition in resources::custom_resource_definitions() {
            definitions.create(&PostParams::default(), &definition).await.expect("a definition");
        }
        let mut namespace = Namespace::default();
        namespace.metadata.name = Some(NAMESPACE.to_owned());
        let namespaces = Api::all(client.clone());
        namespaces.create(&PostParams::default(), &namespace).await.expect("a namespace");
        let templates: Api<DployTemplate> = Api::default_namespaced(client.clone());
        let notes: DployTemplate = serde_yaml_ng::from_str(NOTES).expect("a template");
        for template in dev::samples::templates().into_iter().chain([notes]) {
            let created = templates.create(&PostParams::default(), &template).await;
            publish(&client, &created.expect("a template")).await;
        }
    }
}

/// Publishes the revision of a template, as an operator does: servers without one launch it then.
async fn publish(client: &kube::Client, template: &DployTemplate) {
    let defaults = operator::Settings::new(NAMESPACE, "world").defaults;
    let revision = rendering::revision(template, None, defaults);
    let revisions: Api<ControllerRevision> = Api::default_namespaced(client.clone());
    let written = revisions.create(&PostParams::default(), &revision.object(1)).await;
    written.expect("a revision");
    let observed = template.metadata.generation;
    let status = json!({ "revision": revision.name(), "observedGeneration": observed });
    let patch = Patch::Merge(json!({ "status": status }));
    let templates: Api<DployTemplate> = Api::default_namespaced(client.clone());
    let name = template.name_any();
    let written = templates.patch_status(&name, &PatchParams::default(), &patch).await;
    written.expect("a status");
}

/// Serves a router on loopback for as long as the test runs.
async fn serve(router: axum::Router) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = format!("http://{}", listener.local_addr().expect("an address"));
    tokio::spawn(axum::serve(listener, router).into_future());
    address
}

/// Waits until the server behind a client is ready.
pub(crate) async fn ready(client: &Client) {
    eventually("it is ready", || async {
        (client.get("/ready").await.status == 200).then_some(())
    })
    .await;
}
