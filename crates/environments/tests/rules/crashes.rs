//! Crashes between the two writes of a launch, and late writers.

use environments::RefusalKind;
use http::Method;
use kube::api::ListParams;
use ledger::void::is_void;
use resources::meta;

use crate::bed::{Bed, eventually, launch, person};

const INSTANCES: &str = "/dployinstances";

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_launch_that_died_between_its_writes_is_fenced_by_the_next() {
    let bed = Bed::with(2).await;
    bed.template("desk", |_| ()).await;
    let ada = person("ada");
    let dying = bed.mortal().await;
    let gate = dying.network.hold_unsent(Method::POST, INSTANCES);
    dying.launch(&ada, "desk");
    gate.arrived().await;
    let lost = bed.seats("ada").await.remove(0);
    dying.kill();
    let run = launch(bed.replica(1), &ada, "desk").await.expect("an environment");
    assert_ne!(run.uuid, lost.uuid);
    bed.assert_balanced().await;
    let void = bed.instances().get(&lost.instance).await.expect("the fence");
    assert!(void.metadata.labels.unwrap_or_default().contains_key(meta::VOID));
    let list = bed.replica(1).list(&ada).await.expect("a list");
    assert_eq!((list.count, list.used), (1, 1), "a fence is nobody's environment");
    let admin = environments::Caller { admin: true, ..ada };
    let proof = bed.replica(1).as_admin(&admin).expect("an admin");
    let rows = bed.replica(1).all_instances(proof);
    assert_eq!(rows.count, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_writer_that_comes_after_the_fence_decides_again() {
    let bed = Bed::with(2).await;
    bed.template("desk", |_| ()).await;
    let ada = person("ada");
    let gate = bed.network(0).hold_unsent(Method::POST, INSTANCES);
    let late = tokio::spawn(launch(bed.replica(0), &ada, "desk"));
    gate.arrived().await;
    let second = launch(bed.replica(1), &ada, "desk").await.expect("an environment");
    gate.open();
    let first = late.await.expect("no panic").expect("an environment");
    assert_eq!(first.uuid, second.uuid);
    bed.assert_balanced().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_slow_writer_is_waited_for() {
    let bed = Bed::with(2).await;
    bed.template("desk", |_| ()).await;
    let ada = person("ada");
    let gate = bed.network(0).hold_unsent(Method::POST, INSTANCES);
    let slow = tokio::spawn(launch(bed.replica(0), &ada, "desk"));
    gate.arrived().await;
    let waiting = tokio::spawn(launch(bed.replica(1), &ada, "desk"));
    gate.open();
    let first = slow.await.expect("no panic").expect("an environment");
    let second = waiting.await.expect("no panic").expect("an environment");
    assert_eq!(first.uuid, second.uuid);
    bed.assert_balanced().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_claim_that_died_between_its_writes_is_fenced_by_the_next() {
    let bed = Bed::with(2).await;
    bed.pool("warm", 2).await;
    let ada = person("ada");
    let dying = bed.mortal().await;
    let gate = dying.network.hold_unsent(Method::PATCH, INSTANCES);
    dying.launch(&ada, "warm");
    gate.arrived().await;
    let lost = bed.seats("ada").await.remove(0);
    dying.kill();
    let run = launch(bed.replica(1), &ada, "warm").await.expect("an environment");
    assert_ne!(run.uuid, lost.uuid);
    bed.assert_balanced().await;
    let fenced = bed.instances().get(&lost.instance).await.expect("the member");
    assert!(fenced.metadata.deletion_timestamp.is_some(), "the pool replaces it");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_claim_that_comes_after_the_fence_decides_again() {
    let bed = Bed::with(2).await;
    bed.pool("warm", 3).await;
    let ada = person("ada");
    let gate = bed.network(0).hold_unsent(Method::PATCH, INSTANCES);
    let late = tokio::spawn(launch(bed.replica(0), &ada, "warm"));
    gate.arrived().await;
    let second = launch(bed.replica(1), &ada, "warm").await.expect("an environment");
    gate.open();
    let first = late.await.expect("no panic").expect("an environment");
    assert_eq!(first.uuid, second.uuid);
    bed.assert_balanced().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_member_that_changes_while_it_is_claimed_is_claimed_all_the_same() {
    let bed = Bed::with(1).await;
    bed.pool("warm", 1).await;
    let gate = bed.network(0).hold_unsent(Method::PATCH, INSTANCES);
    let claim = tokio::spawn(launch(bed.replica(0), &person("ada"), "warm"));
    gate.arrived().await;
    let seat = bed.seats("ada").await.remove(0);
    bed.report(&seat.instance, serde_json::json!({ "engineRef": "127.0.0.1:4000" })).await;
    gate.open();
    let run = claim.await.expect("no panic").expect("the only member");
    assert_eq!(run.uuid, seat.uuid);
    bed.assert_balanced().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_delete_while_its_launch_is_under_way_lets_the_launch_decide_again() {
    let bed = Bed::with(2).await;
    bed.template("desk", |_| ()).await;
    let ada = person("ada");
    let gate = bed.network(0).hold_unsent(Method::POST, INSTANCES);
    let launching = tokio::spawn(launch(bed.replica(0), &ada, "desk"));
    gate.arrived().await;
    let abandoned = bed.seats("ada").await.remove(0);
    bed.replica(1).remove(&ada, "desk").await.expect("a seat to free");
    gate.open();
    let run = launching.await.expect("no panic").expect("an environment");
    assert_ne!(run.uuid, abandoned.uuid);
    bed.assert_balanced().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_known_ledger_is_not_read_before_its_first_seat() {
    let bed = Bed::with(1).await;
    bed.template("desk", |_| ()).await;
    bed.pool("warm", 1).await;
    let ada = person("ada");
    launch(bed.replica(0), &ada, "desk").await.expect("an environment");
    let _nobody_opens = bed.network(0).hold_unsent(Method::GET, "/dployowners/");
    launch(bed.replica(0), &ada, "warm").await.expect("an environment");
    bed.assert_balanced().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_seat_for_a_ledger_that_has_changed_is_decided_again() {
    let bed = Bed::with(2).await;
    bed.template("first", |_| ()).await;
    bed.template("desk", |_| ()).await;
    let ada = person("ada");
    launch(bed.replica(0), &ada, "first").await.expect("an environment");
    let gate = bed.network(0).hold_unsent(Method::PATCH, "/dployowners/");
    let outdated = tokio::spawn(launch(bed.replica(0), &ada, "desk"));
    gate.arrived().await;
    let other = launch(bed.replica(1), &ada, "desk").await.expect("an environment");
    gate.open();
    let same = outdated.await.expect("no panic").expect("an environment");
    assert_eq!(same.uuid, other.uuid);
    bed.assert_balanced().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_refused_create_gives_the_seat_back() {
    let bed = Bed::with(1).await;
    bed.template("desk", |_| ()).await;
    let ada = person("ada");
    let gate = bed.network(0).hold_unsent(Method::POST, INSTANCES);
    let launching = tokio::spawn(launch(bed.replica(0), &ada, "desk"));
    gate.arrived().await;
    gate.refuse();
    let refusal = launching.await.expect("no panic").expect_err("a refusal");
    assert_eq!(refusal.kind(), RefusalKind::Internal);
    assert!(bed.seats("ada").await.is_empty());
    let all = bed.instances().list(&ListParams::default()).await.expect("a list");
    assert!(all.items.iter().all(is_void), "only the fence is left");
    eventually("the list is empty", async || {
        bed.replica(0).list(&ada).await.is_ok_and(|list| list.used == 0)
    })
    .await;
}
