//! An empty pool: refusals that say when to try again, cold starts, and the queue.

use std::{collections::BTreeSet, time::Duration};

use environments::{Environments, Refusal, RefusalKind};
use faultnet::{Fault, Gate};
use futures::StreamExt;
use http::{Method as HttpMethod, StatusCode};
use kube::{
    ResourceExt,
    api::{Patch, PatchParams},
};
use ledger::queue::{SeatStep, assign_patch, seat_step};
use resources::{DployInstance, DployOwner, Method, Pool, WhenEmpty};
use serde_json::json;
use tokio::{task::JoinHandle, time::timeout};
use wire::{Environment, Status};

use crate::bed::{Bed, at_once, eventually, launch, nothing, person};

/// A pool without members.
async fn empty_pool(bed: &Bed, max_size: u32, when_empty: WhenEmpty) {
    bed.template("desk", |spec| {
        spec.method = Method::Pool;
        spec.pool = Some(Pool { size: 1, max_size, recycle: true, when_empty });
    })
    .await;
}

async fn listed(environments: &Environments, owner: &str) -> Option<Environment> {
    let list = environments.list(&person(owner)).await.expect("a list");
    list.environments.into_iter().next()
}

/// Waits until every replica shows this many owners in the queue.
async fn waiting(bed: &Bed, owners: &[String]) {
    for n in 0..2 {
        eventually("every place is known", async || {
            for owner in owners {
                if listed(bed.replica(n), owner).await.is_none_or(|it| it.position == 0) {
                    return false;
                }
            }
            true
        })
        .await;
    }
}

/// Writes `poolStartSeconds`, as the operator would.
async fn starts_within(bed: &Bed, seconds: u32) {
    let status = Patch::Merge(json!({ "status": { "poolStartSeconds": seconds } }));
    let written = bed.templates().patch_status("desk", &PatchParams::default(), &status).await;
    written.expect("a status that can be written");
}

#[tokio::test(flavor = "multi_thread")]
async fn everybody_gets_a_place_of_their_own() {
    let bed = Bed::with(2).await;
    empty_pool(&bed, 2, WhenEmpty::Queue).await;
    let owners: Vec<String> = (0..12).map(|n| format!("owner-{n}")).collect();
    let answers =
        at_once(owners.len(), |n| launch(bed.replica(n), &person(&owners[n]), "desk")).await;
    for answer in answers {
        let run = answer.expect("a place");
        assert_eq!((run.status, run.url.as_str()), (Status::Pending, ""));
        assert!(run.position > 0 && run.expires_at.is_empty());
    }
    waiting(&bed, &owners).await;
    let mut positions = BTreeSet::new();
    for owner in &owners {
        let place = listed(bed.replica(1), owner).await.expect("a place");
        assert!(!place.is_unlimited && place.status == Status::Pending);
        positions.insert(place.position);
        // Who launches again keeps the place.
        let again = launch(bed.replica(0), &person(owner), "desk").await.expect("the place");
        assert_eq!((again.uuid, again.position), (place.uuid, place.position));
    }
    assert_eq!(positions, (1..=12).collect());
    bed.assert_balanced().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_place_can_be_given_up_but_not_extended_and_the_others_move_up() {
    let bed = Bed::with(2).await;
    empty_pool(&bed, 1, WhenEmpty::Queue).await;
    let owners = ["ada".to_owned(), "bob".to_owned()];
    for owner in &owners {
        launch(bed.replica(0), &person(owner), "desk").await.expect("a place");
    }
    waiting(&bed, &owners).await;
    let mut first = "ada";
    let mut last = "bob";
    if listed(bed.replica(1), "bob").await.expect("a place").position == 1 {
        (first, last) = (last, first);
    }
    let refusal = bed.replica(0).extend(&person(first), "desk").await.expect_err("it waits");
    assert_eq!(refusal.kind(), RefusalKind::NotFound);

    let mut stream = bed.replica(1).watch(&person(last)).await.expect("a stream");
    assert_eq!(stream.next().await.expect("the list now").environments[0].position, 2);
    bed.replica(0).remove(&person(first), "desk").await.expect("a place that is given up");
    let moved = async {
        loop {
            let list = stream.next().await.expect("the stream goes on");
            if list.environments[0].position == 1 {
                return;
            }
        }
    };
    timeout(Duration::from_secs(5), moved).await.expect("the last moves up");
    let refusal = bed.replica(1).remove(&person(first), "desk").await.expect_err("it is gone");
    assert_eq!(refusal.kind(), RefusalKind::NotFound);
    bed.assert_balanced().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_overtakes_owners_who_wait() {
    let bed = Bed::with(2).await;
    empty_pool(&bed, 2, WhenEmpty::Queue).await;
    launch(bed.replica(0), &person("ada"), "desk").await.expect("a place");
    waiting(&bed, &["ada".to_owned()]).await;
    bed.warm_member("desk").await;
    let late = launch(bed.replica(1), &person("bob"), "desk").await.expect("a place");
    assert_eq!(late.status, Status::Pending);
    assert!(late.position > 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_warm_member_is_claimed_at_once_when_nobody_waits() {
    let bed = Bed::with(2).await;
    empty_pool(&bed, 2, WhenEmpty::Queue).await;
    bed.warm_member("desk").await;
    let run = launch(bed.replica(0), &person("ada"), "desk").await.expect("a member");
    assert_eq!((run.status, run.position), (Status::Healthy, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cold_start_needs_room_in_the_pool() {
    let bed = Bed::with(2).await;
    empty_pool(&bed, 2, WhenEmpty::OnDemand).await;
    for owner in ["ada", "bob"] {
        launch(bed.replica(0), &person(owner), "desk").await.expect("a cold start");
    }
    waiting(&bed, &["ada".to_owned(), "bob".to_owned()]).await;
    let refusal = launch(bed.replica(1), &person("eve"), "desk").await.expect_err("it is full");
    assert!(matches!(refusal, Refusal::PoolEmpty { .. }), "{refusal:?}");
    bed.assert_balanced().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_says_when_the_next_member_is_ready() {
    let bed = Bed::with(2).await;
    empty_pool(&bed, 0, WhenEmpty::Refuse).await;
    let retry_after = async || match launch(bed.replica(0), &person("ada"), "desk").await {
        Err(Refusal::PoolEmpty { retry_after }) => retry_after,
        other => panic!("{other:?}"),
    };
    assert_eq!(retry_after().await, 2);
    starts_within(&bed, 90).await;
    eventually("the time is known", async || retry_after().await == 90).await;
    starts_within(&bed, 4_000).await;
    eventually("the time is bounded", async || retry_after().await == 300).await;
}

/// Ada's removal of her place, whose deletion the gate holds.
async fn remove_until_the_deletion(
    bed: &Bed,
    place: &DployInstance,
) -> (Gate, JoinHandle<Result<(), Refusal>>) {
    let gate = bed.network(0).hold_unsent(HttpMethod::DELETE, &place.name_any());
    let environments = bed.replica(0).clone();
    let removal = tokio::spawn(async move { environments.remove(&person("ada"), "desk").await });
    gate.arrived().await;
    (gate, removal)
}

/// The operator serves an owner who gives the place up at the same moment.
#[tokio::test(flavor = "multi_thread")]
async fn who_gives_a_place_up_while_it_is_served_keeps_nothing() {
    let bed = Bed::with(1).await;
    empty_pool(&bed, 2, WhenEmpty::Queue).await;
    launch(bed.replica(0), &person("ada"), "desk").await.expect("a place");
    let place = bed.owned().await.remove(0);
    let (gate, removal) = remove_until_the_deletion(&bed, &place).await;
    let member = bed.warm_member("desk").await;
    let now = place.creation_timestamp().expect("a creation timestamp").0;
    let patch = Patch::Merge(assign_patch(&place, &member, now).expect("a patch"));
    let (instances, params) = (bed.instances(), PatchParams::default());
    let member: DployInstance =
        instances.patch(&member.name_any(), &params, &patch).await.expect("an assignment");
    let record: DployOwner = bed.owners().get("ada").await.expect("a record");
    let SeatStep::Write(seats) = seat_step(Some(&record), &place, &member, now) else {
        panic!("the seat names something else");
    };
    let status = Patch::Merge(json!({ "status": { "seats": seats } }));
    bed.owners().patch_status("ada", &params, &status).await.expect("the seat of the member");
    gate.open();
    removal.await.expect("a task").expect("a deletion");
    assert_eq!(bed.owned().await.len(), 0);
    bed.assert_balanced().await;
    let launched = bed.replica(0).launch(&person("ada"), "desk", &nothing()).await;
    assert!(launched.expect("a new place").position > 0);
}

/// The seat of a place that is deleted can still become one of a member, so a removal that does not
/// free it has not succeeded.
#[tokio::test(flavor = "multi_thread")]
async fn a_place_whose_seat_cannot_be_freed_is_not_removed() {
    let bed = Bed::with(1).await;
    empty_pool(&bed, 2, WhenEmpty::Queue).await;
    launch(bed.replica(0), &person("ada"), "desk").await.expect("a place");
    let refused = Fault::Refused(StatusCode::INTERNAL_SERVER_ERROR);
    bed.network(0).next(HttpMethod::PATCH, "dployowners/ada/status", refused);
    let removal = bed.replica(0).remove(&person("ada"), "desk").await;
    assert!(removal.is_err() && bed.network(0).all_met());
    assert_eq!(bed.seats("ada").await.len(), 1);
}

/// The record lost its seats, and the operator gives the place its seat back while it is removed.
#[tokio::test(flavor = "multi_thread")]
async fn the_seat_that_a_place_gets_while_it_is_removed_is_freed() {
    let bed = Bed::with(1).await;
    empty_pool(&bed, 2, WhenEmpty::Queue).await;
    launch(bed.replica(0), &person("ada"), "desk").await.expect("a place");
    let place = bed.owned().await.remove(0);
    let params = PatchParams::default();
    let seats = bed.seats("ada").await;
    let lost = Patch::Merge(json!({ "status": null }));
    bed.owners().patch_status("ada", &params, &lost).await.expect("a lost ledger");
    let (gate, removal) = remove_until_the_deletion(&bed, &place).await;
    let status = Patch::Merge(json!({ "status": { "seats": seats } }));
    bed.owners().patch_status("ada", &params, &status).await.expect("the seat of the place");
    gate.open();
    removal.await.expect("a task").expect("a deletion");
    bed.assert_balanced().await;
}
