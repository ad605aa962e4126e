//! `dploy serve` and `dploy operate` as separate processes that share only a cluster.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::{
    extract::Request,
    http::{Method, StatusCode, header::RETRY_AFTER},
    middleware::{Next, from_fn},
    response::IntoResponse as _,
};
use k8s_openapi::api::{
    coordination::v1::Lease,
    core::v1::{ConfigMap, Namespace},
};
use kube::Api;
use testbed::{Client, eventually};
use tokio::time::Instant;

use super::{
    program::{Home, Running, kube_client},
    world::{World, ready},
};

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
    // An instance whose engine is missing is degraded with a message; it is listed like any other.
    let seen = alice.until_status("nc-echo", "Degraded").await;
    assert_eq!(seen.field("uuid"), launched.field("uuid"));
    let list = alice.get("/api/environments").await.json();
    assert_eq!(
        list["environments"][0]["message"],
        "This Dploy cannot run environments of its kind."
    );
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

    // An open stream does not delay the stop.
    let stream = here.request(reqwest::Method::GET, "/api/environments/stream").send().await;
    assert_eq!(stream.expect("a stream").status(), 200);
    server.stop().await;
    assert!(dev.stop().await.success(), "{}", home.logged());
}

/// An API server that rejects every fourth write, and the retries that came too early.
#[derive(Default)]
struct Busy {
    writes: usize,
    /// The rejected writes, and when they were rejected.
    rejected: HashMap<String, Instant>,
    too_soon: Vec<String>,
}

impl Busy {
    /// Whether this write is rejected.
    fn rejects(&mut self, write: String) -> bool {
        let rejected = self.rejected.remove(&write);
        if rejected.is_some_and(|at| at.elapsed() < Duration::from_millis(950)) {
            self.too_soon.push(write.clone());
        }
        self.writes += 1;
        let rejects = self.writes % 4 == 1;
        // Creations share a path, so their retries cannot be told apart.
        if rejects && !write.starts_with("POST") {
            self.rejected.insert(write, Instant::now());
        }
        rejects
    }
}

/// Priority and fairness rejects requests with 429 and `Retry-After` (RFC 6585, 4).
#[tokio::test(flavor = "multi_thread")]
async fn a_busy_api_server_is_asked_again_when_it_says() {
    let busy = Arc::new(Mutex::new(Busy::default()));
    let front = Arc::clone(&busy);
    let pass = move |request: Request, next: Next| {
        let write = format!("{} {}", request.method(), request.uri().path());
        let reads = matches!(*request.method(), Method::GET | Method::HEAD);
        let away = !reads && front.lock().expect("no panic").rejects(write);
        async move {
            if away {
                return (StatusCode::TOO_MANY_REQUESTS, [(RETRY_AFTER, "1")]).into_response();
            }
            next.run(request).await
        }
    };
    let world = World::start_behind(|cluster| cluster.layer(from_fn(pass))).await;
    world.install().await;
    let server = Running::serve(&world.kubeconfig(), &world.issuer);
    let operator = Running::operate(&world.kubeconfig());
    let token = world.provider.issue_token("alice").expect("a token");
    let alice = Client::new(server.origin().await, Some(token));
    ready(&alice).await;
    let launched = alice.get("/run/notes").await;
    assert_eq!(launched.status, 200, "{}", launched.text);
    alice.until_status("notes", "Healthy").await;
    assert_eq!(alice.delete("/run/notes").await.status, 204);
    {
        let busy = busy.lock().expect("no panic");
        assert!(busy.writes > 8, "{}", busy.writes);
        assert_eq!(busy.too_soon, Vec::<String>::new());
    }
    // An operator that stops does not wait with the release of its lease.
    server.stop().await;
    operator.stop().await;
}
