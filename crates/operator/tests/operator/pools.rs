//! Warm pools.

use std::time::Duration;

use clock::{ManualClock, SystemClock};
use faultnet::{Fault, Network};
use http::{Method, StatusCode};
use jiff::SignedDuration;
use kube::{
    ResourceExt,
    api::{DeleteParams, Patch, PatchParams},
};
use resources::{DployInstance, DployTemplate, DployTemplateStatus, Health, Phase, meta};
use serde_json::json;

use crate::{
    bed::{Bed, nudge, phase, pool, record},
    support::eventually,
};

async fn status(bed: &Bed) -> DployTemplateStatus {
    let template: DployTemplate = bed.api().get("lab").await.unwrap();
    template.status.unwrap_or_default()
}

pub(crate) async fn counts(bed: &Bed, available: u32, claimed: u32, total: u32) {
    let what = format!("{available} available, {claimed} claimed, {total} in all");
    eventually(&what, || async {
        let it = status(bed).await;
        let counts = (it.pool_available, it.pool_claimed, it.pool_total);
        (counts == (available, claimed, total)).then_some(())
    })
    .await;
}

async fn names(bed: &Bed) -> Vec<String> {
    bed.instances().await.iter().map(ResourceExt::name_any).collect()
}

/// What a server does: the seat, then the member on the version that was chosen.
pub(crate) async fn claim(bed: &Bed, owner: &str) -> String {
    bed.create(&record(owner)).await;
    let members = bed.instances().await;
    let member = members.into_iter().find(|it| phase(it) == Some(Phase::Available)).unwrap();
    bed.seat(owner, &member).await;
    let change = json!({
        "metadata": { "resourceVersion": member.resource_version(), "labels": { (meta::OWNER): owner } },
        "spec": { "owner": owner },
    });
    bed.patch::<DployInstance>(&member.name_any(), change).await;
    member.name_any()
}

#[tokio::test]
async fn a_pool_fills_to_its_size_and_no_further() {
    let (bed, _operator) = Bed::running().await;
    bed.create(&pool("lab", 5, 0)).await;
    counts(&bed, 5, 0, 5).await;
    assert_eq!(bed.fake.placed_so_far(), 5);
    let member = bed.instances().await.remove(0);
    assert!(member.spec.pooled && member.spec.owner.is_empty());
    assert!(member.spec.expires_at.is_none());
    assert_eq!(member.labels()[meta::POOLED], "true");
    assert_eq!(member.finalizers(), [meta::FINALIZER]);
    let namespace = member.status.unwrap().namespace.unwrap();
    assert_eq!(namespace, format!("pool-{}", member.metadata.name.unwrap()));
    let conditions = status(&bed).await.conditions;
    assert_eq!(
        (conditions[0].status.as_str(), conditions[0].reason.as_str()),
        ("True", "Launchable")
    );
}

#[tokio::test]
async fn a_claimed_member_stays_where_it_is_and_is_replaced() {
    let (bed, _operator) = Bed::running().await;
    bed.create(&pool("lab", 2, 0)).await;
    counts(&bed, 2, 0, 2).await;
    let name = claim(&bed, "ada").await;
    let claimed = bed.until(&name, "claimed", |it| phase(it) == Some(Phase::Claimed)).await;
    assert!(claimed.status.unwrap().namespace.unwrap().starts_with("pool-"));
    counts(&bed, 2, 1, 3).await;
}

#[tokio::test]
async fn claimed_members_count_against_the_cap() {
    let (bed, _operator) = Bed::running().await;
    bed.create(&pool("lab", 2, 3)).await;
    counts(&bed, 2, 0, 2).await;
    claim(&bed, "ada").await;
    counts(&bed, 2, 1, 3).await;
    claim(&bed, "bob").await;
    counts(&bed, 1, 2, 3).await;
}

#[tokio::test]
async fn a_pool_shrinks_and_a_disabled_one_keeps_only_who_is_claimed() {
    let (bed, _operator) = Bed::running().await;
    bed.create(&pool("lab", 4, 0)).await;
    counts(&bed, 4, 0, 4).await;
    let name = claim(&bed, "ada").await;
    counts(&bed, 4, 1, 5).await;
    bed.patch::<DployTemplate>("lab", json!({ "spec": { "pool": { "size": 1 } } })).await;
    counts(&bed, 1, 1, 2).await;
    bed.patch::<DployTemplate>("lab", json!({ "spec": { "enabled": false } })).await;
    counts(&bed, 0, 1, 1).await;
    assert_eq!(status(&bed).await.conditions[0].reason, "Disabled");
    eventually("the others to be gone", || async {
        (names(&bed).await == [name.clone()]).then_some(())
    })
    .await;
}

#[tokio::test]
async fn without_its_template_only_who_is_claimed_runs_on() {
    let (bed, _operator) = Bed::running().await;
    bed.create(&pool("lab", 3, 0)).await;
    counts(&bed, 3, 0, 3).await;
    let name = claim(&bed, "ada").await;
    counts(&bed, 3, 1, 4).await;
    bed.api::<DployTemplate>().delete("lab", &DeleteParams::default()).await.unwrap();
    eventually("the others to be gone", || async {
        (names(&bed).await == [name.clone()]).then_some(())
    })
    .await;
    assert_eq!(phase(&bed.instance(&name).await.unwrap()), Some(Phase::Claimed));
}

#[tokio::test]
async fn an_edit_replaces_members_only_after_a_new_one_is_ready() {
    let (bed, _operator) = Bed::running().await;
    bed.create(&pool("lab", 3, 0)).await;
    counts(&bed, 3, 0, 3).await;
    let old = names(&bed).await;
    bed.fake.all_are(Health::Progressing);
    for name in &old {
        bed.fake.is(name, Health::Healthy);
    }
    let edit =
        json!({ "spec": { "chart": { "type": "git", "repoURL": "https://example.org/new" } } });
    bed.patch::<DployTemplate>("lab", edit).await;
    let canary = eventually("one new member", || async {
        let standing = bed.fake.standing();
        standing.into_iter().find(|it| !old.contains(it))
    })
    .await;
    counts(&bed, 3, 0, 4).await;
    bed.fake.is(&canary, Health::Healthy);
    bed.fake.all_are(Health::Healthy);
    eventually("all members to be new", || async {
        let now = names(&bed).await;
        (now.len() == 3 && now.iter().all(|it| !old.contains(it))).then_some(())
    })
    .await;
    counts(&bed, 3, 0, 3).await;
}

/// An edit whose members fail: one is tried, the old ones stay, and the condition says why.
#[tokio::test]
async fn an_edit_whose_members_fail_stops_after_one_and_says_so() {
    let (bed, _operator) = Bed::running().await;
    bed.create(&pool("lab", 3, 0)).await;
    counts(&bed, 3, 0, 3).await;
    let old = names(&bed).await;
    for name in &old {
        bed.fake.is(name, Health::Healthy);
    }
    bed.fake.all_are(Health::Degraded);
    let edit =
        json!({ "spec": { "chart": { "type": "git", "repoURL": "https://example.org/new" } } });
    bed.patch::<DployTemplate>("lab", edit).await;
    let failing = eventually("the reason", || async {
        let conditions = status(&bed).await.conditions;
        conditions.into_iter().find(|it| it.type_ == "PoolHealthy" && it.status == "False")
    })
    .await;
    assert_eq!(failing.reason, "PoolFailing");
    let kept = "3 ready members from before the last edit stay.";
    assert!(failing.message.ends_with(kept), "{}", failing.message);
    // The replacement of the failed member is as lonely as its predecessor.
    eventually("another attempt", || async { (bed.fake.placed_so_far() >= 5).then_some(()) }).await;
    counts(&bed, 3, 0, 4).await;
    assert_eq!(bed.fake.placed_so_far(), 5);
    let now = names(&bed).await;
    assert!(old.iter().all(|it| now.contains(it)), "{old:?} {now:?}");
    bed.fake.all_are(Health::Healthy);
    counts(&bed, 3, 0, 3).await;
    eventually("a healthy pool", || async {
        let conditions = status(&bed).await.conditions;
        conditions.into_iter().find(|it| it.type_ == "PoolHealthy" && it.status == "True")
    })
    .await;
}

#[tokio::test]
async fn the_failures_of_a_pool_outlast_its_leader() {
    let bed = Bed::new().await;
    let operator = bed.operate("first");
    bed.fake.all_are(Health::Degraded);
    bed.create(&pool("lab", 1, 0)).await;
    let failures = eventually("a recorded failure", || async {
        Some(status(&bed).await.pool_failures).filter(|it| *it > 0)
    })
    .await;
    operator.stop().await;
    let _next = bed.operate("second");
    bed.launch("ada", "0123abcd").await;
    eventually("the next leader to look", || async {
        let more = status(&bed).await.pool_failures;
        assert!(more >= failures, "{more} failures instead of {failures}");
        (more > failures).then_some(())
    })
    .await;
}

#[tokio::test]
async fn an_edit_of_what_only_the_catalog_shows_replaces_no_member() {
    let (bed, _operator) = Bed::running().await;
    bed.create(&pool("lab", 2, 0)).await;
    counts(&bed, 2, 0, 2).await;
    let cosmetic = json!({ "spec": {
        "displayName": "Laboratory", "description": "New.", "icon": "flask", "category": "science",
    } });
    let edited = bed.patch::<DployTemplate>("lab", cosmetic).await;
    eventually("the edit to be observed", || async {
        (status(&bed).await.observed_generation == edited.metadata.generation).then_some(())
    })
    .await;
    // Another edit that is observed after the first one was carried out.
    bed.patch::<DployTemplate>("lab", json!({ "spec": { "pool": { "size": 3 } } })).await;
    counts(&bed, 3, 0, 3).await;
    assert_eq!(bed.fake.placed_so_far(), 3);
}

#[tokio::test]
async fn a_refused_member_does_not_keep_the_others() {
    let (bed, network) = (Bed::new().await, Network::default());
    let post = |fault| network.next(Method::POST, "/dployinstances", fault);
    post(Fault::Refused(StatusCode::FORBIDDEN));
    for _ in 0..7 {
        post(Fault::Slow(Duration::from_millis(100)));
    }
    let _operator = bed.operate_behind(&network, "one");
    bed.create(&pool("lab", 8, 8)).await;
    // Much less than a write that the watch has not shown is remembered.
    tokio::time::timeout(Duration::from_secs(20), counts(&bed, 8, 0, 8)).await.unwrap();
    assert_eq!(network.count(|call| call.is(&Method::POST, "/dployinstances")), 9);
}

#[tokio::test]
async fn a_member_that_comes_late_never_makes_a_pool_exceed_its_cap() {
    for status in [StatusCode::SERVICE_UNAVAILABLE, StatusCode::TOO_MANY_REQUESTS] {
        let (bed, network) = (Bed::new().await, Network::default());
        network.next(Method::POST, "/dployinstances", Fault::Late(status, Duration::from_secs(1)));
        let _operator = bed.operate_behind(&network, "one");
        bed.create(&pool("lab", 2, 2)).await;
        counts(&bed, 2, 0, 2).await;
        assert_eq!(bed.fake.placed_so_far(), 2, "{status}");
        // A member that was forgotten would have been created again.
        let creations = network.count(|call| call.is(&Method::POST, "/dployinstances"));
        assert_eq!(creations, 2, "{status}");
    }
}

/// Members whose namespace does not go take the places of the pool.
#[tokio::test]
async fn members_that_are_not_deleted_to_the_end_are_named() {
    let clock = ManualClock::at(SystemClock::shared().now());
    let bed = Bed::with_clock(clock.clone()).await;
    let _operator = bed.operate("one");
    bed.create(&pool("lab", 1, 1)).await;
    counts(&bed, 1, 0, 1).await;
    let name = names(&bed).await.remove(0);
    bed.fake.hold_on(true);
    bed.delete(&name).await;
    counts(&bed, 0, 0, 0).await;
    let blocked = eventually("the reason", || async {
        clock.advance(SignedDuration::from_secs(1));
        bed.patch::<DployTemplate>("lab", nudge()).await;
        let conditions = status(&bed).await.conditions;
        conditions.into_iter().find(|it| it.reason == "PoolBlocked")
    })
    .await;
    let start = format!(
        "1 of 1 places (pool.maxSize) are taken by members that are being deleted: {name}."
    );
    assert!(blocked.message.starts_with(&start), "{}", blocked.message);
    assert!(blocked.message.ends_with("It holds on."), "{}", blocked.message);
    bed.fake.hold_on(false);
    counts(&bed, 1, 0, 1).await;
}

#[tokio::test]
async fn a_broken_edit_never_drains_a_good_pool() {
    let (bed, _operator) = Bed::running().await;
    bed.create(&pool("lab", 2, 0)).await;
    counts(&bed, 2, 0, 2).await;
    let edit = json!({ "spec": { "connectionURLTemplate": "https://{{ .Host" } });
    bed.patch::<DployTemplate>("lab", edit).await;
    eventually("the reason", || async {
        let conditions = status(&bed).await.conditions;
        (conditions[0].reason == "TemplateInvalid" && conditions[0].status == "False").then_some(())
    })
    .await;
    counts(&bed, 2, 0, 2).await;
}

#[tokio::test]
async fn a_template_without_its_source_says_what_is_missing() {
    let (bed, _operator) = Bed::running().await;
    let mut template = pool("lab", 1, 0);
    template.spec.manifests = Some("kind: ConfigMap".into());
    template.spec.chart = None;
    bed.create(&template).await;
    let reason = eventually("a reason", || async {
        status(&bed).await.conditions.pop().map(|it| it.reason)
    })
    .await;
    assert!(["TemplateInvalid", "EngineNotEnabled"].contains(&reason.as_str()), "{reason}");
    assert_eq!(names(&bed).await, Vec::<String>::new());
}

/// A claim of any version but the newest fails, also while the operator shrinks the pool.
#[tokio::test]
async fn a_claim_and_a_shrinking_pool_never_both_have_a_member() {
    let (bed, _operator) = Bed::running().await;
    bed.create(&pool("lab", 6, 0)).await;
    counts(&bed, 6, 0, 6).await;
    let members = bed.instances().await;
    let shrink = bed.patch::<DployTemplate>("lab", json!({ "spec": { "enabled": false } }));
    let claims = futures::future::join_all(members.iter().map(|member| {
        let api = bed.api::<DployInstance>();
        async move {
            let change = json!({
                "metadata": { "resourceVersion": member.resource_version() },
                "spec": { "owner": "ada" },
            });
            let params = PatchParams::default();
            let claimed =
                api.patch(&member.name_any(), &params, &Patch::Merge(change)).await.ok()?;
            claimed.metadata.deletion_timestamp.is_none().then(|| member.name_any())
        }
    }));
    let (_, claimed) = futures::join!(shrink, claims);
    let claimed: Vec<String> = claimed.into_iter().flatten().collect();
    eventually("only claimed members", || async {
        (names(&bed).await.len() == claimed.len()).then_some(())
    })
    .await;
    assert_eq!(names(&bed).await, claimed);
}
