//! Answers that get lost, cannot be read or come from a repetition. Each write recognizes its own
//! effect, and only a definite refusal gives a seat back.

use environments::RefusalKind;
use faultnet::Fault;
use http::{Method, StatusCode};
use kube::{ResourceExt, api::ListParams};
use resources::{DployInstance, meta};

use crate::bed::{Bed, launch, person};

const INSTANCES: &str = "/dployinstances";
const OWNERS: &str = "/dployowners";
const SEATS: &str = "/status";

/// The faults after which a write has taken effect, and its sender cannot know.
const AFTER_THE_EFFECT: [Fault; 5] = [
    Fault::Replayed,
    Fault::Unreadable,
    Fault::Lost(StatusCode::SERVICE_UNAVAILABLE),
    Fault::Lost(StatusCode::GATEWAY_TIMEOUT),
    Fault::Lost(StatusCode::REQUEST_TIMEOUT),
];

async fn all(bed: &Bed) -> Vec<DployInstance> {
    bed.instances().list(&ListParams::default()).await.expect("a list").items
}

/// A launch of `template` whose write meets `fault` leaves one environment and nothing else.
async fn check_launch(template: &str, members: u32, method: Method, path: &str, fault: Fault) {
    let bed = Bed::with(1).await;
    bed.template("desk", |_| ()).await;
    bed.pool("warm", members.max(1)).await;
    let before = all(&bed).await.len();
    bed.network(0).next(method, path, fault);
    let launched = launch(bed.replica(0), &person("ada"), template).await;
    assert!(launched.is_ok(), "{fault:?}: {launched:?}");
    let run = launched.expect("an environment");
    assert!(bed.network(0).all_met(), "{fault:?}");
    let owned = bed.owned().await;
    assert_eq!(owned.len(), 1, "{fault:?}");
    assert_eq!(owned[0].spec.uuid.as_ref(), Some(&run.uuid), "{fault:?}");
    bed.assert_balanced().await;
    let all = all(&bed).await;
    let created = usize::from(template == "desk");
    assert_eq!(all.len(), before + created, "{fault:?}: no void instance");
    let deleted = all.iter().filter(|it| it.metadata.deletion_timestamp.is_some());
    assert_eq!(deleted.count(), 0, "{fault:?}: no member is deleted");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_launch_recognizes_its_own_owner_record() {
    for fault in AFTER_THE_EFFECT {
        check_launch("desk", 0, Method::POST, OWNERS, fault).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_launch_recognizes_its_own_seat() {
    for fault in AFTER_THE_EFFECT {
        check_launch("desk", 0, Method::PATCH, SEATS, fault).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_claim_recognizes_its_own_seat() {
    for fault in AFTER_THE_EFFECT {
        check_launch("warm", 2, Method::PATCH, SEATS, fault).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_launch_recognizes_its_own_instance() {
    for fault in AFTER_THE_EFFECT {
        check_launch("desk", 0, Method::POST, INSTANCES, fault).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_claim_recognizes_its_own_member() {
    for fault in AFTER_THE_EFFECT {
        check_launch("warm", 2, Method::PATCH, INSTANCES, fault).await;
    }
}

/// A quota of objects is full because of the instance that the first request created, so the
/// repetition is refused.
#[tokio::test(flavor = "multi_thread")]
async fn an_instance_that_exists_is_kept_although_its_creation_was_refused() {
    check_launch("desk", 0, Method::POST, INSTANCES, Fault::Lost(StatusCode::FORBIDDEN)).await;
    check_launch("warm", 2, Method::PATCH, INSTANCES, Fault::Lost(StatusCode::FORBIDDEN)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_extension_recognizes_itself() {
    for fault in AFTER_THE_EFFECT {
        let bed = Bed::with(1).await;
        bed.template("desk", |spec| spec.ttl.max_extends = Some(2)).await;
        let ada = person("ada");
        launch(bed.replica(0), &ada, "desk").await.expect("an environment");
        let before = bed.owned().await.remove(0).spec.expires_at.expect("a deadline").0;
        bed.network(0).next(Method::PATCH, INSTANCES, fault);
        let extended = bed.replica(0).extend(&ada, "desk").await;
        assert!(extended.is_ok(), "{fault:?}: {extended:?}");
        let extended = extended.expect("an extension");
        assert!(bed.network(0).all_met());
        let instance = bed.owned().await.remove(0);
        let after = instance.spec.expires_at.clone().expect("a deadline").0;
        assert_eq!((extended.extend_count, after.as_second() - before.as_second()), (1, 600));
        assert_eq!(extended.expires_at, after.to_string());
        assert_eq!(instance.annotations()[meta::EXTEND_COUNT], "1", "{fault:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_extension_of_what_is_gone_is_not_denied() {
    let bed = Bed::with(2).await;
    bed.template("desk", |_| ()).await;
    let ada = person("ada");
    launch(bed.replica(0), &ada, "desk").await.expect("an environment");
    let name = bed.owned().await.remove(0).name_any();
    bed.network(0).next(Method::PATCH, INSTANCES, Fault::Lost(StatusCode::GATEWAY_TIMEOUT));
    let write = bed.network(0).hold_unsent(Method::PATCH, INSTANCES);
    let (replica, person) = (bed.replica(0).clone(), ada.clone());
    let extending = tokio::spawn(async move { replica.extend(&person, "desk").await });
    write.arrived().await;
    let look = bed.network(0).hold_unsent(Method::GET, &format!("{INSTANCES}/{name}"));
    write.open();
    look.arrived().await;
    let extended = bed.instances().get(&name).await.expect("the environment");
    assert_eq!(extended.annotations()[meta::EXTEND_COUNT], "1");
    bed.replica(1).remove(&ada, "desk").await.expect("a deletion");
    bed.finish(&name).await;
    look.open();
    let unknown = extending.await.expect("no panic").expect_err("no answer");
    assert_eq!(unknown.kind(), RefusalKind::Unavailable, "it took effect: {unknown:?}");
    let denied = bed.replica(0).extend(&ada, "desk").await.expect_err("it is gone");
    assert_eq!(denied.kind(), RefusalKind::NotFound);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deletion_recognizes_itself() {
    let writes = [(Method::DELETE, INSTANCES), (Method::PATCH, INSTANCES), (Method::PATCH, SEATS)];
    for (method, path) in writes {
        for fault in AFTER_THE_EFFECT {
            let bed = Bed::with(1).await;
            bed.template("desk", |_| ()).await;
            let ada = person("ada");
            launch(bed.replica(0), &ada, "desk").await.expect("an environment");
            bed.network(0).next(method.clone(), path, fault);
            let removed = bed.replica(0).remove(&ada, "desk").await;
            assert!(removed.is_ok(), "{method} {path} {fault:?}: {removed:?}");
            assert!(bed.network(0).all_met());
            assert!(bed.owned().await.is_empty());
            bed.assert_balanced().await;
            let again = bed.replica(0).remove(&ada, "desk").await.expect_err("it is deleted");
            assert_eq!(again.kind(), RefusalKind::NotFound);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_seat_is_given_back_once() {
    for fault in AFTER_THE_EFFECT {
        let bed = Bed::with(1).await;
        bed.template("desk", |_| ()).await;
        let ada = person("ada");
        launch(bed.replica(0), &ada, "desk").await.expect("a bound owner key");
        bed.replica(0).remove(&ada, "desk").await.expect("a deletion");
        let gate = bed.network(0).hold_unsent(Method::POST, INSTANCES);
        let launching = tokio::spawn(launch(bed.replica(0), &ada, "desk"));
        gate.arrived().await;
        bed.network(0).next(Method::PATCH, SEATS, fault);
        gate.refuse();
        let refusal = launching.await.expect("no panic").expect_err("a refusal");
        assert_eq!(refusal.kind(), RefusalKind::Internal);
        assert!(bed.network(0).all_met());
        assert!(bed.seats("ada").await.is_empty(), "{fault:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_create_whose_answer_stays_unknown_keeps_its_seat() {
    for unknown in [StatusCode::SERVICE_UNAVAILABLE, StatusCode::TOO_EARLY, StatusCode::BAD_GATEWAY]
    {
        let bed = Bed::with(1).await;
        bed.template("desk", |_| ()).await;
        let ada = person("ada");
        bed.network(0).next(Method::POST, INSTANCES, Fault::Refused(unknown));
        let refusal = launch(bed.replica(0), &ada, "desk").await.expect_err("no answer");
        assert_eq!(refusal.kind(), RefusalKind::Unavailable, "{unknown}");
        assert_eq!(bed.seats("ada").await.len(), 1, "{unknown}: the create may follow");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_of_a_proxy_is_no_refusal() {
    let bed = Bed::with(1).await;
    bed.template("desk", |_| ()).await;
    let ada = person("ada");
    bed.network(0).next(Method::POST, INSTANCES, Fault::Page(StatusCode::FORBIDDEN));
    let refusal = launch(bed.replica(0), &ada, "desk").await.expect_err("no answer");
    assert_eq!(refusal.kind(), RefusalKind::Unavailable);
    assert_eq!(bed.seats("ada").await.len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_late_removal_leaves_the_seat_of_a_later_claim_alone() {
    let bed = Bed::with(2).await;
    bed.pool("warm", 1).await;
    let ada = person("ada");
    let claim = bed.network(0).hold_unsent(Method::PATCH, INSTANCES);
    let launching = tokio::spawn(launch(bed.replica(0), &ada, "warm"));
    claim.arrived().await;
    let first = bed.seats("ada").await.remove(0);
    bed.report(&first.instance, serde_json::json!({ "engineRef": "127.0.0.1:4000" })).await;
    let free = bed.network(1).hold_unsent(Method::PATCH, OWNERS);
    let replica = bed.replica(1).clone();
    let removing = tokio::spawn(async move { replica.remove(&person("ada"), "warm").await });
    free.arrived().await;
    claim.open();
    let run = launching.await.expect("no panic").expect("the only member");
    free.open();
    let removed = removing.await.expect("no panic").expect_err("it had nothing to remove");
    assert_eq!(removed.kind(), RefusalKind::NotFound);
    bed.assert_balanced().await;
    assert_eq!(bed.owned().await[0].spec.uuid, Some(run.uuid));
}
