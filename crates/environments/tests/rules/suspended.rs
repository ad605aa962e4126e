//! Processes that stop between two writes and go on later, and clients that hang up.

use std::time::Duration;

use http::Method;
use kube::{ResourceExt, api::DeleteParams};
use ledger::{timeouts::OWN_SEAT_MAX_AGE, void::is_void};
use tokio::time::timeout;

use crate::bed::{Bed, eventually, launch, person};

const INSTANCES: &str = "/dployinstances";
const SEATS: &str = "/status";

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_writer_that_slept_after_its_seat_does_not_create() {
    let bed = Bed::with(1).await;
    bed.template("desk", |_| ()).await;
    let ada = person("ada");
    let gate = bed.network(0).hold_unsent(Method::PATCH, SEATS);
    let sleeping = tokio::spawn(launch(bed.replica(0), &ada, "desk"));
    gate.arrived().await;
    bed.pass(i64::try_from(OWN_SEAT_MAX_AGE.as_secs()).expect("a minute"));
    gate.open();
    let run = sleeping.await.expect("no panic").expect("an environment");
    let all = bed.instances().list(&Default::default()).await.expect("a list").items;
    let (void, created): (Vec<_>, Vec<_>) = all.iter().partition(|it| is_void(it));
    assert_eq!((void.len(), created.len()), (1, 1), "the old seat is fenced, not used");
    assert_eq!(created[0].spec.uuid.as_ref(), Some(&run.uuid));
    bed.assert_balanced().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_create_that_outlives_its_void_instance_is_not_returned() {
    let bed = Bed::with(2).await;
    bed.template("desk", |_| ()).await;
    let ada = person("ada");
    let gate = bed.network(0).hold_unsent(Method::POST, INSTANCES);
    let sleeping = tokio::spawn(launch(bed.replica(0), &ada, "desk"));
    gate.arrived().await;
    let lost = bed.seats("ada").await.remove(0);
    let second = launch(bed.replica(1), &ada, "desk").await.expect("an environment");
    let deleted = bed.instances().delete(&lost.instance, &DeleteParams::default()).await;
    deleted.expect("the operator deletes the void instance in the end");
    bed.pass(660);
    gate.open();
    let first = sleeping.await.expect("no panic").expect("an environment");
    assert_eq!(first.uuid, second.uuid, "the orphan is nobody's environment");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_client_that_hangs_up_leaves_no_half_launch() {
    let bed = Bed::with(1).await;
    bed.template("desk", |_| ()).await;
    bed.pool("warm", 2).await;
    let ada = person("ada");
    for (template, method) in [("desk", Method::POST), ("warm", Method::PATCH)] {
        let gate = bed.network(0).hold_unsent(method, INSTANCES);
        let request = tokio::spawn(launch(bed.replica(0), &ada, template));
        gate.arrived().await;
        request.abort();
        gate.open();
        eventually("the launch goes on", async || {
            bed.replica(0).status(&ada, template).await.is_ok()
        })
        .await;
    }
    bed.assert_balanced().await;
    let all = bed.instances().list(&Default::default()).await.expect("a list").items;
    assert!(!all.iter().any(|it| is_void(it) || it.metadata.deletion_timestamp.is_some()));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_client_that_hangs_up_leaves_no_half_removal_or_extension() {
    let bed = Bed::with(1).await;
    bed.template("desk", |_| ()).await;
    let ada = person("ada");
    launch(bed.replica(0), &ada, "desk").await.expect("an environment");

    let gate = bed.network(0).hold_unsent(Method::PATCH, INSTANCES);
    let (replica, caller) = (bed.replica(0).clone(), ada.clone());
    let request = tokio::spawn(async move { replica.extend(&caller, "desk").await });
    gate.arrived().await;
    request.abort();
    gate.open();
    eventually("the extension goes on", async || {
        let owned = bed.owned().await;
        owned.iter().any(|it| it.annotations().contains_key(resources::meta::EXTEND_COUNT))
    })
    .await;

    let gate = bed.network(0).hold_unsent(Method::PATCH, SEATS);
    let (replica, caller) = (bed.replica(0).clone(), ada.clone());
    let request = tokio::spawn(async move { replica.remove(&caller, "desk").await });
    gate.arrived().await;
    request.abort();
    gate.open();
    eventually("the seat is freed", async || bed.seats("ada").await.is_empty()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_process_that_ends_waits_for_its_changes() {
    let bed = Bed::with(1).await;
    bed.template("desk", |_| ()).await;
    let gate = bed.network(0).hold_unsent(Method::POST, INSTANCES);
    let request = tokio::spawn(launch(bed.replica(0), &person("ada"), "desk"));
    gate.arrived().await;
    request.abort();
    let finished = bed.replica(0).changes_finished();
    assert!(timeout(Duration::from_millis(50), finished).await.is_err(), "one still runs");
    gate.open();
    bed.replica(0).changes_finished().await;
    assert_eq!(bed.owned().await.len(), 1);
    bed.assert_balanced().await;
}
