//! A cluster and an identity provider on loopback, for tests of other processes.

use std::{fs, path::PathBuf};

use clock::SystemClock;
use dev::provider::Provider;
use engines::Engines;
use k8s_openapi::api::core::v1::Namespace;
use kube::{
    Api,
    api::{ListParams, PostParams},
};
use localkube::LocalKube;
use operator::Operator;
use resources::DployTemplate;
use tempfile::TempDir;
use testbed::{Client, eventually};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

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
            templates.create(&PostParams::default(), &template).await.expect("a template");
        }
        publish(client).await;
    }
}

/// Lets an operator write the revisions of the templates, without which no server launches them.
async fn publish(client: kube::Client) {
    let settings = operator::Settings::new(NAMESPACE, "world");
    let operator =
        Operator::new(client.clone(), settings, Engines::default(), SystemClock::shared());
    let stopping = CancellationToken::new();
    let running = tokio::spawn(operator.run(stopping.clone()));
    let templates: Api<DployTemplate> = Api::default_namespaced(client);
    eventually("all templates have revisions", || async {
        let all = templates.list(&ListParams::default()).await.expect("a list").items;
        let has_revision =
            |it: &DployTemplate| it.status.as_ref().is_some_and(|status| status.revision.is_some());
        all.iter().all(has_revision).then_some(())
    })
    .await;
    stopping.cancel();
    running.await.expect("no panic").expect("an orderly end");
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
