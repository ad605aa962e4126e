//! Clients that hang up in the middle of a change.

use std::{pin::pin, sync::Arc, time::Duration};

use axum::{
    extract::Request,
    http::Method,
    middleware::{Next, from_fn},
};
use kube::{Api, ResourceExt as _, api::ListParams};
use resources::{DployInstance, DployOwner, meta};
use testbed::Client;
use tokio::{sync::Semaphore, time::timeout};

use super::{
    program::{Running, kube_client},
    world::{World, ready},
};

/// Stops each creation of an instance at the API server.
#[derive(Clone)]
struct Gate {
    arrived: Arc<Semaphore>,
    open: Arc<Semaphore>,
}

impl Gate {
    fn closed() -> Self {
        Self { arrived: Arc::new(Semaphore::new(0)), open: Arc::new(Semaphore::new(0)) }
    }

    async fn pass(self) {
        self.arrived.add_permits(1);
        self.open.acquire().await.expect("a gate that is not torn down").forget();
    }
}

fn is_creation(request: &Request) -> bool {
    request.method() == Method::POST && request.uri().path().ends_with("/dployinstances")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_launch_whose_client_hangs_up_is_finished_even_by_a_server_that_stops() {
    let gate = Gate::closed();
    let front = gate.clone();
    let pass = move |request: Request, next: Next| {
        let gate = is_creation(&request).then(|| front.clone());
        async move {
            if let Some(gate) = gate {
                gate.pass().await;
            }
            next.run(request).await
        }
    };
    let world = World::start_behind(|cluster| cluster.layer(from_fn(pass))).await;
    world.install().await;
    let server = Running::serve(&world.kubeconfig(), &world.issuer);
    let token = world.provider.issue_token("alice").expect("a token");
    let alice = Client::new(server.origin().await, Some(token));
    ready(&alice).await;

    let launch = tokio::spawn(alice.request(reqwest::Method::GET, "/run/notes").send());
    gate.arrived.acquire().await.expect("a request").forget();
    launch.abort();
    let mut stopped = pin!(server.stop());
    let early = timeout(Duration::from_secs(1), &mut stopped).await;
    assert!(early.is_err(), "the server must not stop between the seat and the instance");
    gate.open.add_permits(1);
    stopped.await;

    let cluster = kube_client(&world.kubeconfig()).await;
    let instances: Api<DployInstance> = Api::default_namespaced(cluster.clone());
    let instances = instances.list(&ListParams::default()).await.expect("a list").items;
    assert_eq!(instances.len(), 1);
    assert!(!instances[0].labels().contains_key(meta::VOID));
    let owners: Api<DployOwner> = Api::default_namespaced(cluster);
    let alice = owners.get("alice").await.expect("her record");
    let seats = alice.status.unwrap_or_default().seats;
    assert_eq!(seats.len(), 1);
    assert_eq!(seats[0].instance, instances[0].name_any());
}
