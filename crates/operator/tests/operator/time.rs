//! When the time of an environment begins and ends.

use std::{collections::BTreeMap, pin::pin};

use clock::{Clock, ManualClock, SystemClock};
use futures::{Stream, StreamExt, future::join_all, stream};
use jiff::{SignedDuration, Timestamp};
use k8s_openapi::{api::events::v1::Event, apimachinery::pkg::apis::meta::v1::Time};
use kube::{
    Api, ResourceExt,
    api::ListParams,
    runtime::{WatchStreamExt, watcher},
};
use resources::{DployInstance, Health, Phase, StartsAt, meta};
use serde_json::json;
use tokio::time::timeout;

use crate::{
    bed::{Bed, launched, phase},
    support::{CONDITION_TIMEOUT, eventually},
};

/// Enough to fill the queue of the controller many times over.
const CROWD: u32 = 1_000;

fn condition<'a>(instance: &'a DployInstance, type_: &str) -> Option<&'a str> {
    let conditions = &instance.status.as_ref()?.conditions;
    conditions.iter().find(|it| it.type_ == type_).map(|it| it.status.as_str())
}

#[tokio::test]
async fn the_time_of_an_environment_begins_when_it_is_ready() {
    let clock = ManualClock::at(Timestamp::from_second(1_800_000_000).unwrap());
    let bed = Bed::with_clock(clock.clone()).await;
    bed.fake.all_are(Health::Progressing);
    let _operator = bed.operate("one");
    let mut instance = launched("ada", "0123abcd");
    bed.revise(&mut instance, |it| it.starts_at = StartsAt::Ready).await;
    instance.spec.expires_at = Some(Time(clock.now() + SignedDuration::from_secs(3600)));
    bed.seat("ada", &instance).await;
    bed.create(&instance).await;
    bed.until("lab-0123abcd", "starting", |it| phase(it) == Some(Phase::Provisioning)).await;

    clock.advance(SignedDuration::from_secs(300));
    bed.fake.all_are(Health::Healthy);
    let ready = bed.ready("lab-0123abcd").await;
    let deadline = Timestamp::from_second(1_800_000_000 + 300 + 3600).unwrap();
    assert_eq!(ready.spec.expires_at, Some(Time(deadline)));
    assert_eq!(ready.annotations()[meta::READY_AT], clock.now().to_string());
}

#[tokio::test]
async fn a_near_deadline_is_a_condition_and_an_event() {
    let (bed, _operator) = Bed::running().await;
    let mut instance = launched("ada", "0123abcd");
    bed.revise(&mut instance, |it| it.warn_seconds = 3600).await;
    let soon = bed.clock.now() + SignedDuration::from_secs(3602);
    instance.spec.expires_at = Some(Time(soon));
    bed.seat("ada", &instance).await;
    bed.create(&instance).await;
    bed.until("lab-0123abcd", "time left", |it| condition(it, "EndsSoon") == Some("False")).await;
    bed.until("lab-0123abcd", "a warning", |it| condition(it, "EndsSoon") == Some("True")).await;
    eventually("an event", || async {
        let events: Api<Event> = bed.api();
        let events = events.list(&ListParams::default()).await.unwrap().items;
        events.into_iter().find(|it| it.reason.as_deref() == Some("EndsSoon"))
    })
    .await;

    let later = bed.clock.now() + SignedDuration::from_secs(7200);
    bed.patch::<DployInstance>("lab-0123abcd", json!({ "spec": { "expiresAt": later } })).await;
    bed.until("lab-0123abcd", "an end", |it| condition(it, "EndsSoon") == Some("False")).await;
}

/// Environments without a seat, which kubectl created.
async fn crowd(bed: &Bed) -> Vec<String> {
    let names = stream::iter(0..CROWD).map(|number| async move {
        let mut instance = launched("ada", &format!("{number:08x}"));
        let annotations = [(meta::ADOPTED.to_owned(), meta::TRUE.to_owned())];
        instance.metadata.annotations = Some(annotations.into());
        bed.create(&instance).await.name_any()
    });
    names.buffer_unordered(16).collect().await
}

async fn end_at(bed: &Bed, names: &[String], deadline: Timestamp) {
    let end = |name: String| async move {
        let change = json!({ "spec": { "expiresAt": deadline } });
        bed.patch::<DployInstance>(&name, change).await;
    };
    stream::iter(names.to_vec()).for_each_concurrent(16, end).await;
}

/// The deletion times of `CROWD` instances, as a watch reports them.
async fn deletions(
    events: impl Stream<Item = watcher::Result<watcher::Event<DployInstance>>>,
) -> Vec<Timestamp> {
    let mut deletions = BTreeMap::new();
    let mut events = pin!(events);
    while deletions.len() < CROWD as usize {
        if let Some(Ok(watcher::Event::Apply(instance))) = events.next().await
            && let Some(Time(deleted)) = instance.metadata.deletion_timestamp
        {
            deletions.insert(instance.metadata.name, deleted);
        }
    }
    deletions.into_values().collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_that_end_at_once_end_on_time() {
    let (bed, _operator) = Bed::running().await;
    let names = crowd(&bed).await;
    join_all(names.iter().map(|name| bed.ready(name))).await;
    let watch = watcher::watcher(bed.api(), watcher::Config::default()).default_backoff();
    let deadline = SystemClock.now() + SignedDuration::from_secs(8);
    let deadline = Timestamp::from_second(deadline.as_second()).unwrap();
    let deleted = tokio::spawn(deletions(watch));
    end_at(&bed, &names, deadline).await;
    assert!(SystemClock.now() < deadline, "this machine is too slow for the test");

    let deleted = timeout(CONDITION_TIMEOUT, deleted).await.expect("all deleted").unwrap();
    let (first, last) = (deleted.iter().min().unwrap(), deleted.iter().max().unwrap());
    assert!(*first >= deadline, "{first} is before {deadline}");
    assert!(last.duration_since(deadline) < SignedDuration::from_secs(30), "the last: {last}");
    eventually("all gone", || async { bed.instances().await.is_empty().then_some(()) }).await;
    assert!(bed.fake.standing().is_empty());
}
