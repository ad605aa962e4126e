//! `dploy serve` and `dploy operate` as processes of their own, against a cluster that they know by a kubeconfig alone.

use std::{fs, path::PathBuf};

use clock::SystemClock;
use identity::development::Provider;
use k8s_openapi::api::{
    coordination::v1::Lease,
    core::v1::{ConfigMap, Namespace},
};
use kube::{Api, api::PostParams};
use localkube::LocalKube;
use resources::DployTemplate;
use tempfile::TempDir;
use testbed::{Client, eventually};
use tokio::net::TcpListener;

use super::program::{Home, Running, kube_client};

const NAMESPACE: &str = "dploy-system";

/// A template whose workload is ready at once, in any cluster.
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

/// An API server and an identity provider on loopback, for processes that know neither.
struct World {
    directory: TempDir,
    provider: Provider,
    issuer: String,
}

impl World {
    async fn start() -> Self {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let cluster = LocalKube::in_memory(SystemClock::shared());
        let address = serve(cluster.router()).await;
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

    fn kubeconfig(&self) -> PathBuf {
        self.directory.path().join("kubeconfig")
    }

    /// What an admin applies when Dploy is installed.
    async fn install(&self) {
        let client = kube_client(&self.kubeconfig()).await;
        let definitions = Api::all(client.clone());
        for definition in resources::custom_resource_definitions() {
            definitions.create(&PostParams::default(), &definition).await.expect("a definition");
        }
        let mut namespace = Namespace::default();
        namespace.metadata.name = Some(NAMESPACE.to_owned());
        let namespaces = Api::all(client.clone());
        namespaces.create(&PostParams::default(), &namespace).await.expect("a namespace");
        let templates: Api<DployTemplate> = Api::default_namespaced(client);
        let notes: DployTemplate = serde_yaml_ng::from_str(NOTES).expect("a template");
        for template in dploy::samples::templates().into_iter().chain([notes]) {
            templates.create(&PostParams::default(), &template).await.expect("a template");
        }
    }
}

/// Serves a router on loopback for as long as the test runs.
async fn serve(router: axum::Router) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = format!("http://{}", listener.local_addr().expect("an address"));
    tokio::spawn(axum::serve(listener, router).into_future());
    address
}

async fn ready(client: &Client) {
    eventually("it is ready", || async {
        (client.get("/ready").await.status == 200).then_some(())
    })
    .await;
}

async fn no_environments(client: &Client) {
    eventually("nothing is left", || async {
        (client.get("/api/environments").await.json()["count"] == 0).then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn server_and_operator_meet_in_the_cluster_alone() {
    let world = World::start().await;
    let server = Running::serve(&world.kubeconfig(), &world.issuer);
    let operator = Running::operate(&world.kubeconfig());
    let token = world.provider.issue_token("alice").expect("a token");
    let alice = Client::new(server.origin().await, Some(token));
    assert_eq!(alice.get("/health").await.status, 200);
    assert_eq!(alice.get("/ready").await.error(), "Service not ready", "nothing is installed yet");

    world.install().await;
    ready(&alice).await;
    let leases: Api<Lease> = Api::default_namespaced(kube_client(&world.kubeconfig()).await);
    eventually("the operator leads", || async {
        let lease = leases.get_opt("dploy-operator").await.expect("an answer")?;
        (lease.spec?.holder_identity? == "operator-0").then_some(())
    })
    .await;

    let launched = alice.get("/run/nc-echo").await;
    assert_eq!(launched.status, 200, "{}", launched.text);
    // Whatever an engine is missing for, the operator says so, and time and end are as of any other.
    let seen = alice.until_status("nc-echo", "Degraded").await;
    assert_eq!(seen.field("uuid"), launched.field("uuid"));
    let list = alice.get("/api/environments").await.json();
    assert_eq!(list["environments"][0]["message"], "This Dploy has no engine process.");
    let extended = alice.post("/run/nc-echo/extend").await;
    assert!(extended.field("expiresAt") > launched.field("expiresAt"), "{}", extended.text);
    assert_eq!(alice.delete("/run/nc-echo").await.status, 204);
    no_environments(&alice).await;

    let launched = alice.get("/run/notes").await;
    alice.until_status("notes", "Healthy").await;
    let namespace = format!("alice-notes-{}", launched.field("uuid"));
    let cluster = kube_client(&world.kubeconfig()).await;
    let maps: Api<ConfigMap> = Api::namespaced(cluster.clone(), &namespace);
    let notes = maps.get("notes").await.expect("a workload").data.unwrap_or_default();
    assert_eq!(notes["owner"], "alice");
    assert_eq!(alice.delete("/run/notes").await.status, 204);
    no_environments(&alice).await;
    let namespaces: Api<Namespace> = Api::all(cluster);
    assert!(namespaces.get_opt(&namespace).await.expect("an answer").is_none(), "it is gone");

    server.stop().await;
    operator.stop().await;
    let lease = leases.get("dploy-operator").await.expect("a lease");
    let holder = lease.spec.and_then(|spec| spec.holder_identity).unwrap_or_default();
    assert_eq!(holder, "", "the next operator leads at once");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_beside_another_answers_like_it() {
    let home = Home::new();
    let dev = home.start().await;
    let server = Running::serve(&dev.kubeconfig(), &dev.issuer());
    let (here, there) =
        (Client::new(server.origin().await, Some(dev.token("alice"))), dev.user("alice"));
    ready(&here).await;

    let launched = here.get("/run/sized?size=small").await;
    assert_eq!(launched.status, 200, "{}", launched.text);
    assert_eq!(there.get("/run/sized?size=small").await.field("uuid"), launched.field("uuid"));
    here.until_status("sized", "Healthy").await;
    let extended = here.post("/run/sized/extend").await.field("expiresAt");
    assert_eq!(there.get("/run/sized/status").await.field("expiresAt"), extended);
    assert_eq!(there.delete("/run/sized").await.status, 204);
    assert_eq!(
        here.delete("/run/sized").await.status,
        404,
        "a launch, extend or delete never lags"
    );
    no_environments(&here).await;

    // A stream that is open does not keep the server from stopping.
    let stream = here.request(reqwest::Method::GET, "/api/environments/stream").send().await;
    assert_eq!(stream.expect("a stream").status(), 200);
    server.stop().await;
    assert!(dev.stop().await.success(), "{}", home.logged());
}
