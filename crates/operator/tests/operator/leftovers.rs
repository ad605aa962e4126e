//! What a deposed leader creates late, and what must not be taken for that.

use std::{sync::Arc, time::Duration};

use engines::{Engines, flux::FluxEngine};
use faultnet::{Fault, Network};
use http::{Method, StatusCode};
use k8s_openapi::api::{core::v1::Namespace, events::v1::Event};
use kube::{
    Api, Client,
    api::{DynamicObject, ListParams, PostParams},
};
use ledger::{
    seats::{SeatKey, seat_to_create},
    void::void_instance,
};
use operator::LeftoverTimings;
use resources::{EngineName, meta};
use serde_json::{Value, json};
use tokio::time::Instant;

use crate::{
    bed::{Bed, NAMESPACE},
    crds::{self, Definition},
    support::eventually,
};

const FLUX: [Definition; 5] = [
    ("helm.toolkit.fluxcd.io", "v2", "HelmRelease", "helmreleases"),
    ("source.toolkit.fluxcd.io", "v1", "HelmRepository", "helmrepositories"),
    ("source.toolkit.fluxcd.io", "v1", "GitRepository", "gitrepositories"),
    ("source.toolkit.fluxcd.io", "v1", "OCIRepository", "ocirepositories"),
    ("source.toolkit.fluxcd.io", "v1", "HelmChart", "helmcharts"),
];

/// How long a leftover is seen before it is deleted.
const CONFIRM_AFTER: Duration = Duration::from_secs(1);

/// A bed whose operators sweep often.
async fn bed() -> Bed {
    let sweep_every = Duration::from_millis(100);
    let leftovers = LeftoverTimings { sweep_every, early_sweeps: 1, confirm_after: CONFIRM_AFTER };
    Bed { leftovers, ..Bed::new().await }
}

fn flux(client: &Client) -> Engines {
    Engines::default().with(EngineName::Flux, Arc::new(FluxEngine::new(client.clone())))
}

/// Waits until it exists, then until it does not. Returns how long it existed, or a little less.
async fn lifetime<F: Future<Output = bool>>(exists: impl Fn() -> F) -> Duration {
    eventually("created late", || async { exists().await.then_some(()) }).await;
    let began = Instant::now();
    eventually("swept", || async { (!exists().await).then_some(()) }).await;
    began.elapsed()
}

/// A polling test sees it a little after the sweep did.
fn assert_confirmed(lifetime: Duration) {
    let least = CONFIRM_AFTER - Duration::from_millis(200);
    assert!(lifetime >= least, "deleted after {lifetime:?}, before it was seen twice");
}

#[tokio::test]
async fn a_namespace_that_a_deposed_leader_creates_late_is_swept_after_two_sightings() {
    let (bed, network) = (bed().await, Network::default());
    let create = network.hold_sent(Method::POST, "/api/v1/namespaces");
    let deposed = bed.operate_behind(&network, "deposed");
    bed.launch("ada", "0123abcd").await;
    create.arrived().await;
    drop(deposed);
    let _leader = bed.operate("leader");
    bed.delete("lab-0123abcd").await;
    bed.gone("lab-0123abcd").await;
    create.open();
    let exists = || async { bed.namespace("ada-lab-0123abcd").await.is_some() };
    assert_confirmed(lifetime(exists).await);
    let event = eventually("an Event", || async {
        let events: Api<Event> = bed.api();
        let events = events.list(&ListParams::default()).await.unwrap().items;
        events.into_iter().find(|it| it.reason.as_deref() == Some("LeftoverDeleted"))
    })
    .await;
    assert_eq!(event.regarding.unwrap().name.as_deref(), Some("dploy-operator"));
    let note = "Deleted Namespace ada-lab-0123abcd of instance lab-0123abcd, which does not exist.";
    assert_eq!(event.note.as_deref(), Some(note));
}

#[tokio::test]
async fn a_release_that_a_deposed_leader_applies_late_is_swept_with_its_source() {
    let (bed, network) = (bed().await, Network::default());
    crds::open(&bed.client, "flux-system").await;
    crds::install(&bed.client, &FLUX, true).await;
    let apply = network.hold_sent(Method::PATCH, "/helmreleases/");
    let client = network.before(bed.client.clone());
    let deposed = bed.operate_through(client.clone(), "deposed", flux(&client));
    bed.launch("ada", "0123abcd").await;
    apply.arrived().await;
    drop(deposed);
    let _leader = bed.operate_with("leader", flux(&bed.client));
    bed.delete("lab-0123abcd").await;
    bed.gone("lab-0123abcd").await;
    apply.open();
    let count = |kind: usize| {
        let kind = crds::resource(FLUX[kind]);
        let api: Api<DynamicObject> =
            Api::namespaced_with(bed.client.clone(), "flux-system", &kind);
        async move { api.list(&ListParams::default()).await.unwrap().items.len() }
    };
    assert_confirmed(lifetime(|| async { count(0).await > 0 }).await);
    eventually("no source", || async { (count(2).await == 0).then_some(()) }).await;
}

/// A namespace of instance `lab-4567cdef`, which never existed, with these labels beside.
async fn abandoned(bed: &Bed, name: &str, labels: Value) {
    let mut metadata = json!({ "name": name, "labels": { (meta::INSTANCE): "lab-4567cdef" } });
    metadata["labels"].as_object_mut().unwrap().extend(labels.as_object().unwrap().clone());
    let namespace: Namespace = serde_json::from_value(json!({ "metadata": metadata })).unwrap();
    Api::all(bed.client.clone()).create(&PostParams::default(), &namespace).await.unwrap();
}

#[tokio::test]
async fn nothing_of_a_living_or_deleting_instance_or_of_a_stranger_is_swept() {
    let bed = bed().await;
    let _operator = bed.operate("one");
    bed.launch("ada", "0123abcd").await;
    bed.launch("bob", "89abcdef").await;
    bed.ready("lab-0123abcd").await;
    bed.ready("lab-89abcdef").await;
    bed.fake.hold_on(true);
    bed.delete("lab-89abcdef").await;
    abandoned(&bed, "of-an-older-dploy", json!({ (meta::MANAGED): "true" })).await;
    let others = json!({ (meta::MANAGED): "true", (meta::INSTALLATION): "another-dploy" });
    abandoned(&bed, "of-another-dploy", others).await;
    abandoned(&bed, "unmanaged", json!({ (meta::INSTALLATION): NAMESPACE })).await;
    let ours = json!({ (meta::MANAGED): "true", (meta::INSTALLATION): NAMESPACE });
    abandoned(&bed, "witness", ours).await;
    assert_confirmed(lifetime(|| async { bed.namespace("witness").await.is_some() }).await);
    for name in [
        "ada-lab-0123abcd",
        "bob-lab-89abcdef",
        "of-an-older-dploy",
        "of-another-dploy",
        "unmanaged",
    ] {
        let namespace = bed.namespace(name).await;
        assert!(namespace.is_some_and(|it| it.metadata.deletion_timestamp.is_none()), "{name}");
    }
}

#[tokio::test]
async fn an_instance_that_cannot_be_read_has_left_nothing_behind() {
    let (bed, network) = (bed().await, Network::default());
    let path = "/dployinstances/lab-4567cdef";
    for _ in 0..3 {
        network.next(Method::GET, path, Fault::Refused(StatusCode::INTERNAL_SERVER_ERROR));
    }
    let _operator = bed.operate_behind(&network, "one");
    let ours = json!({ (meta::MANAGED): "true", (meta::INSTALLATION): NAMESPACE });
    abandoned(&bed, "abandoned", ours).await;
    eventually("three reads", || async {
        (network.count(|call| call.is(&Method::GET, path)) >= 3).then_some(())
    })
    .await;
    assert_confirmed(lifetime(|| async { bed.namespace("abandoned").await.is_some() }).await);
}

#[tokio::test]
async fn a_void_instance_does_not_keep_what_was_left_under_its_name() {
    let bed = bed().await;
    let seat = seat_to_create(&SeatKey::of_template("lab"), "4567cdef", bed.clock.now());
    bed.create(&void_instance(&seat)).await;
    let _operator = bed.operate("one");
    let ours = json!({ (meta::MANAGED): "true", (meta::INSTALLATION): NAMESPACE });
    abandoned(&bed, "abandoned", ours).await;
    assert_confirmed(lifetime(|| async { bed.namespace("abandoned").await.is_some() }).await);
}
