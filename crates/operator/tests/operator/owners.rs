//! The sweeps of the ledger (docs/ledger.md, "Sweep"), on a clock that the test sets.

use std::sync::Arc;

use clock::{ManualClock, SystemClock};
use faultnet::Network;
use http::Method;
use jiff::SignedDuration;
use kube::ResourceExt;
use ledger::void::void_instance;
use resources::{DployInstance, DployOwner, Health, Phase, meta};

use crate::{
    bed::{Bed, Operator, launched, nudge, phase, pool, record},
    support::eventually,
};

async fn bed() -> (Bed, Operator, Arc<ManualClock>) {
    let clock = ManualClock::at(SystemClock::shared().now());
    let bed = Bed::with_clock(clock.clone()).await;
    let operator = bed.operate("one");
    (bed, operator, clock)
}

#[tokio::test]
async fn a_seat_whose_instance_never_came_is_fenced_then_freed() {
    let (bed, _operator, clock) = bed().await;
    bed.seat("ada", &launched("ada", "0123abcd")).await;
    // Another of hers that is ready: the operator has looked at her ledger.
    bed.launch("ada", "4567cdef").await;
    bed.ready("lab-4567cdef").await;
    assert_eq!(bed.seats("ada").await, ["lab-0123abcd", "lab-4567cdef"]);
    eventually("the seat to be free", || async {
        clock.advance(SignedDuration::from_secs(1));
        bed.patch::<DployOwner>("ada", nudge()).await;
        (bed.seats("ada").await == ["lab-4567cdef"]).then_some(())
    })
    .await;
    let void = bed.instance("lab-0123abcd").await.expect("a fence that stops a late writer");
    assert!(void.labels().contains_key(meta::VOID));
    assert!(void.spec.owner.is_empty());
    clock.advance(SignedDuration::from_mins(11));
    bed.patch::<DployInstance>("lab-0123abcd", nudge()).await;
    bed.gone("lab-0123abcd").await;
}

#[tokio::test]
async fn an_instance_of_the_server_without_a_seat_is_deleted_after_a_while() {
    let (bed, _operator, clock) = bed().await;
    bed.launch("ada", "0123abcd").await;
    bed.ready("lab-0123abcd").await;
    bed.free_seats("ada").await;
    bed.patch::<DployInstance>("lab-0123abcd", nudge()).await;
    bed.launch("ada", "4567cdef").await;
    bed.ready("lab-4567cdef").await;
    assert!(bed.instance("lab-0123abcd").await.unwrap().metadata.deletion_timestamp.is_none());
    clock.advance(SignedDuration::from_secs(31));
    bed.patch::<DployInstance>("lab-0123abcd", nudge()).await;
    bed.gone("lab-0123abcd").await;
    bed.patch::<DployInstance>("lab-4567cdef", nudge()).await;
    bed.ready("lab-4567cdef").await;
}

#[tokio::test]
async fn a_record_that_somebody_removed_says_nothing_of_its_instances() {
    let (bed, _operator, clock) = bed().await;
    bed.launch("ada", "0123abcd").await;
    bed.ready("lab-0123abcd").await;
    bed.api::<DployOwner>().delete("ada", &Default::default()).await.unwrap();
    clock.advance(SignedDuration::from_secs(31));
    bed.patch::<DployInstance>("lab-0123abcd", nudge()).await;
    bed.launch("bob", "4567cdef").await;
    bed.ready("lab-4567cdef").await;
    assert!(bed.instance("lab-0123abcd").await.unwrap().metadata.deletion_timestamp.is_none());
}

/// The only member of a pool, once it can be claimed and is written no more.
async fn warm_member(bed: &Bed) -> DployInstance {
    bed.create(&pool("lab", 1, 0)).await;
    let member = eventually("a member", || async { bed.instances().await.pop() }).await;
    bed.until(&member.name_any(), "warm", |it| {
        let health = it.status.as_ref().and_then(|status| status.health);
        phase(it) == Some(Phase::Available) && health == Some(Health::Healthy)
    })
    .await
}

async fn swept(bed: &Bed, clock: &ManualClock) {
    eventually("the seat to be free", || async {
        clock.advance(SignedDuration::from_secs(1));
        bed.patch::<DployOwner>("ada", nudge()).await;
        bed.seats("ada").await.is_empty().then_some(())
    })
    .await;
}

#[tokio::test]
async fn a_claim_that_never_came_costs_the_member_and_gives_the_seat_back() {
    let (bed, _operator, clock) = bed().await;
    let member = warm_member(&bed).await;
    bed.create(&record("ada")).await;
    bed.seat("ada", &member).await;
    swept(&bed, &clock).await;
    bed.gone(&member.name_any()).await;
}

#[tokio::test]
async fn a_claim_that_can_only_fail_costs_no_member() {
    let (bed, _operator, _clock) = bed().await;
    let chosen = warm_member(&bed).await;
    let member = bed.patch::<DployInstance>(&chosen.name_any(), nudge()).await;
    bed.create(&record("ada")).await;
    bed.seat("ada", &chosen).await;
    eventually("the seat to be free", || async { bed.seats("ada").await.is_empty().then_some(()) })
        .await;
    let after = bed.instance(&member.name_any()).await.unwrap();
    assert_eq!(after.metadata.resource_version, member.metadata.resource_version);
}

/// A server voids the name and dies before it replaces the seat, just before the operator's fence.
#[tokio::test]
async fn a_fence_that_meets_a_void_frees_the_seat_without_another_event() {
    let clock = ManualClock::at(SystemClock::shared().now());
    let (bed, network) = (Bed::with_clock(clock.clone()).await, Network::default());
    let fence = network.hold_sent(Method::POST, "/dployinstances");
    let _operator = bed.operate_behind(&network, "one");
    bed.seat("ada", &launched("ada", "0123abcd")).await;
    let nudging = async {
        loop {
            clock.advance(SignedDuration::from_secs(1));
            bed.patch::<DployOwner>("ada", nudge()).await;
            tokio::task::yield_now().await;
        }
    };
    tokio::select! {
        () = fence.arrived() => {}
        () = nudging => {}
    }
    let record: DployOwner = bed.api().get("ada").await.unwrap();
    bed.create(&void_instance(&ledger::seats::seats(&record)[0])).await;
    fence.open();
    eventually("the seat to be free", || async { bed.seats("ada").await.is_empty().then_some(()) })
        .await;
}

#[tokio::test]
async fn the_finalizer_stays_until_no_seat_points_to_the_instance() {
    let bed = Bed::new().await;
    bed.launch("ada", "0123abcd").await;
    bed.delete("lab-0123abcd").await;
    let _operator = bed.operate("one");
    bed.gone("lab-0123abcd").await;
    // The sweep gave it back before the finalizer went.
    assert_eq!(bed.seats("ada").await, Vec::<String>::new());
}

#[tokio::test]
async fn an_environment_is_no_orphan_of_a_record_that_came_after_it() {
    let (bed, _operator, clock) = bed().await;
    bed.launch("ada", "0123abcd").await;
    bed.ready("lab-0123abcd").await;
    bed.api::<DployOwner>().delete("ada", &Default::default()).await.unwrap();
    clock.advance(SignedDuration::from_secs(31));
    // The first seat of the new record, as a server of an older version writes it.
    bed.launch("ada", "4567cdef").await;
    bed.ready("lab-4567cdef").await;
    clock.advance(SignedDuration::from_secs(31));
    bed.patch::<DployInstance>("lab-0123abcd", nudge()).await;
    // An orphan of the new record, so that the operator has looked at her instances.
    let mut orphan = launched("ada", "89abcdef");
    orphan.metadata.creation_timestamp = None;
    bed.create(&orphan).await;
    eventually("the orphan to be gone", || async {
        clock.advance(SignedDuration::from_secs(1));
        bed.patch::<DployOwner>("ada", nudge()).await;
        bed.instance("lab-89abcdef").await.is_none().then_some(())
    })
    .await;
    let older = bed.instance("lab-0123abcd").await.expect("her older environment");
    assert_eq!(older.metadata.deletion_timestamp, None);
}

#[tokio::test]
async fn a_record_without_a_status_gets_the_seats_of_its_living_environments() {
    let (bed, _operator, clock) = bed().await;
    bed.launch("ada", "0123abcd").await;
    bed.ready("lab-0123abcd").await;
    let mut foreign = launched("ada", "4567cdef");
    foreign.spec.template_ref = "notes".into();
    foreign.metadata.name = Some("notes-4567cdef".into());
    bed.revise(&mut foreign, |it| it.template = "notes".into()).await;
    let labels = foreign.metadata.labels.as_mut().unwrap();
    labels.insert(meta::IDENTITY.into(), "0123456789abcdef".into());
    bed.create(&foreign).await;
    bed.ready("notes-4567cdef").await;
    bed.api::<DployOwner>().delete("ada", &Default::default()).await.unwrap();
    clock.advance(SignedDuration::from_secs(31));
    bed.create(&record("ada")).await;
    eventually("the seat is back", || async {
        (bed.seats("ada").await == ["lab-0123abcd"]).then_some(())
    })
    .await;
    clock.advance(SignedDuration::from_secs(31));
    bed.patch::<DployInstance>("notes-4567cdef", nudge()).await;
    bed.launch("bob", "89abcdef").await;
    bed.ready("lab-89abcdef").await;
    let foreign = bed.instance("notes-4567cdef").await.expect("somebody else's");
    assert_eq!(foreign.metadata.deletion_timestamp, None);
}
