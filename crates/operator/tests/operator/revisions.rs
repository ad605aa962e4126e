//! Revisions of templates: when the operator writes them, what it places of them, and when they go.

use std::time::Duration;

use kube::{ResourceExt, api::ListParams};
use operator::RevisionTimings;
use resources::{DployInstance, DployTemplate, Revision};
use serde_json::json;

use crate::{
    bed::{Bed, launched, pool, reason, revision, template},
    support::eventually,
};

async fn names(bed: &Bed) -> Vec<String> {
    let all = bed.api::<Revision>().list(&ListParams::default()).await.unwrap();
    all.iter().map(ResourceExt::name_any).collect()
}

/// Waits until the operator has seen the last edit of the template, and returns what it published.
async fn published(bed: &Bed) -> String {
    bed.published("lab").await.name()
}

#[tokio::test]
async fn an_edit_makes_a_revision_unless_only_the_catalog_shows_it() {
    let (bed, _operator) = Bed::running().await;
    bed.create(&template("lab")).await;
    let first = published(&bed).await;
    let cosmetic = json!({ "spec": { "displayName": "A lab", "category": "Work,Here" } });
    bed.patch::<DployTemplate>("lab", cosmetic).await;
    assert_eq!(published(&bed).await, first);
    bed.patch::<DployTemplate>("lab", json!({ "spec": { "ttl": { "seconds": 77 } } })).await;
    let second = published(&bed).await;
    assert_ne!(second, first);
    assert_eq!(names(&bed).await.len(), 2);
    // Back again: the old revision counts again.
    bed.patch::<DployTemplate>("lab", json!({ "spec": { "ttl": { "seconds": null } } })).await;
    assert_eq!(published(&bed).await, first);
    assert_eq!(names(&bed).await.len(), 2);
}

#[tokio::test]
async fn a_member_of_a_pool_outlives_a_cosmetic_edit() {
    let (bed, _operator) = Bed::running().await;
    bed.create(&pool("lab", 1, 0)).await;
    let members = || async {
        let members = bed.instances().await;
        members.iter().map(ResourceExt::name_any).collect::<Vec<_>>()
    };
    let before = eventually("a member", || async {
        let members = members().await;
        (members.len() == 1).then_some(members)
    })
    .await;
    bed.patch::<DployTemplate>("lab", json!({ "spec": { "icon": "flask" } })).await;
    published(&bed).await;
    assert_eq!(members().await, before);
}

#[tokio::test]
async fn nothing_is_placed_of_a_revision_that_is_missing_or_of_another_template() {
    let (bed, _operator) = Bed::running().await;
    let mut foreign = launched("ada", "0123abcd");
    bed.revise(&mut foreign, |it| it.template = "notes".into()).await;
    let mut late = revision();
    late.ttl_seconds = 77;
    let mut early = launched("bob", "4567cdef");
    early.spec.revision = Some(late.name());
    for (owner, instance) in [("ada", &foreign), ("bob", &early)] {
        bed.seat(owner, instance).await;
        bed.create(instance).await;
        let name = instance.name_any();
        bed.until(&name, "refused", |it| reason(it) == "RevisionNotFound").await;
    }
    assert_eq!(bed.fake.standing(), Vec::<String>::new());
    assert!(bed.namespace("ada-lab-0123abcd").await.is_none());
    bed.create(&late.object(9)).await;
    bed.ready("lab-4567cdef").await;
    assert_eq!(bed.fake.standing(), ["lab-4567cdef"]);
}

#[tokio::test]
async fn a_revision_goes_when_neither_a_template_nor_an_instance_names_it() {
    let timings = RevisionTimings {
        sweep_every: Duration::from_millis(20),
        unused_for: Duration::from_millis(100),
    };
    let bed = Bed { revisions: timings, ..Bed::new().await };
    bed.launch("ada", "0123abcd").await;
    let _operator = bed.operate("one");
    bed.create(&template("lab")).await;
    bed.patch::<DployTemplate>("lab", json!({ "spec": { "ttl": { "seconds": 77 } } })).await;
    let current = published(&bed).await;
    let in_use = bed.ready("lab-0123abcd").await.spec.revision.unwrap();
    let mut both = [current.clone(), in_use];
    both.sort();
    eventually("no other revision", || async { (names(&bed).await == both).then_some(()) }).await;
    bed.delete("lab-0123abcd").await;
    bed.gone("lab-0123abcd").await;
    eventually("only the current one", || async {
        (names(&bed).await == [current.as_str()]).then_some(())
    })
    .await;
}

#[tokio::test]
async fn an_instance_by_hand_gets_the_current_revision() {
    let (bed, _operator) = Bed::running().await;
    bed.create(&template("lab")).await;
    let spec = resources::DployInstanceSpec { template_ref: "lab".into(), ..Default::default() };
    bed.create(&DployInstance::new("mine", spec)).await;
    let mine = bed.ready("mine").await;
    assert_eq!(mine.spec.revision, Some(published(&bed).await));
    assert!(mine.spec.seed.is_some_and(|seed| seed.len() == 32));
}
