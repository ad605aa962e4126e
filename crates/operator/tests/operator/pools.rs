//! Warm pools.

use kube::{
    ResourceExt,
    api::{DeleteParams, Patch, PatchParams},
};
use resources::{DployInstance, DployTemplate, DployTemplateStatus, Health, Phase, meta};
use serde_json::json;

use crate::{
    bed::{Bed, phase, pool, record},
    support::eventually,
};

async fn status(bed: &Bed) -> DployTemplateStatus {
    let template: DployTemplate = bed.api().get("lab").await.unwrap();
    template.status.unwrap_or_default()
}

async fn counts(bed: &Bed, available: u32, claimed: u32, total: u32) {
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
async fn claim(bed: &Bed, owner: &str) -> String {
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
