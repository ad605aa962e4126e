//! Watches: events, bookmarks, expiry and timeouts.

use std::time::Duration;

use clock::World;
use futures::{Stream, StreamExt, TryStreamExt};
use k8s_openapi::api::core::v1::ConfigMap;
use kube::{
    Api, ResourceExt,
    api::{DeleteParams, ListParams, Patch, PatchParams, WatchEvent, WatchParams},
};
use localkube::LocalKube;
use rstest::rstest;
use serde_json::json;

use crate::bed::{Bed, Writer, config_map, error_of};

async fn next(
    events: &mut (impl Stream<Item = kube::Result<WatchEvent<ConfigMap>>> + Unpin),
) -> String {
    let event = tokio::time::timeout(Duration::from_secs(10), events.try_next()).await;
    match event.expect("no event within ten seconds").unwrap().expect("the watch ended") {
        WatchEvent::Added(object) => format!("added {}", object.name_any()),
        WatchEvent::Modified(object) => format!("modified {}", object.name_any()),
        WatchEvent::Deleted(object) => format!("deleted {}", object.name_any()),
        WatchEvent::Bookmark(mark) => match mark.metadata.annotations.is_empty() {
            true => "bookmark".to_owned(),
            false => "initial events end".to_owned(),
        },
        WatchEvent::Error(status) => format!("error {}", status.code),
    }
}

#[rstest]
#[tokio::test]
async fn a_watch_sends_the_changes_after_a_version(
    #[values(Writer::Thread, Writer::Caller)] writer: Writer,
) {
    let bed = Bed::with(writer).await;
    let maps = bed.config_maps();
    let since = maps.list(&ListParams::default()).await.unwrap().metadata.resource_version.unwrap();
    bed.config_map("a", "x").await;
    let params = WatchParams::default().labels("app");
    let mut events = maps.watch(&params, &since).await.unwrap().boxed();
    assert_eq!(next(&mut events).await, "added a");
    let patch =
        |label: Option<&str>| Patch::Merge(json!({ "metadata": { "labels": { "app": label } } }));
    let write = PatchParams::default();
    maps.patch("a", &write, &patch(Some("y"))).await.unwrap();
    assert_eq!(next(&mut events).await, "modified a");
    maps.patch("a", &write, &patch(Some("y"))).await.unwrap();
    maps.patch("a", &write, &patch(None)).await.unwrap();
    assert_eq!(next(&mut events).await, "deleted a");
    maps.patch("a", &write, &patch(Some("z"))).await.unwrap();
    assert_eq!(next(&mut events).await, "added a");
    maps.delete("a", &DeleteParams::default()).await.unwrap();
    assert_eq!(next(&mut events).await, "deleted a");
}

#[rstest]
#[tokio::test]
async fn a_watch_list_marks_the_end_of_the_initial_events(
    #[values(Writer::Thread, Writer::Caller)] writer: Writer,
) {
    let bed = Bed::with(writer).await;
    bed.config_map("a", "x").await;
    let params = WatchParams::default().labels("app").initial_events();
    let mut events = bed.config_maps().watch(&params, "0").await.unwrap().boxed();
    assert_eq!(next(&mut events).await, "added a");
    assert_eq!(next(&mut events).await, "initial events end");
    bed.config_map("b", "x").await;
    assert_eq!(next(&mut events).await, "added b");
}

#[rstest]
#[tokio::test]
async fn a_watch_without_a_version_starts_with_the_existing_objects(
    #[values(Writer::Thread, Writer::Caller)] writer: Writer,
) {
    let bed = Bed::with(writer).await;
    bed.config_map("a", "x").await;
    let params = WatchParams::default().labels("app");
    let mut events = bed.config_maps().watch(&params, "0").await.unwrap().boxed();
    assert_eq!(next(&mut events).await, "added a");
}

/// Ten changes of one object.
async fn changes(maps: &Api<ConfigMap>) {
    maps.create(&Default::default(), &config_map("a", "x")).await.unwrap();
    for n in 1..10 {
        let patch = Patch::Merge(json!({ "data": { "n": n.to_string() } }));
        maps.patch("a", &PatchParams::default(), &patch).await.unwrap();
    }
}

/// The first event of a watch that starts at `version`.
async fn first_event(maps: &Api<ConfigMap>, version: &str) -> String {
    match maps.watch(&WatchParams::default(), version).await {
        Ok(events) => next(&mut events.boxed()).await,
        Err(error) => format!("error {}", error_of(Err::<(), _>(error)).0),
    }
}

#[tokio::test]
async fn a_watch_from_an_expired_version_fails_with_410() {
    let (kube, _) = LocalKube::simulated(World::of_the_machine(), 8);
    let maps: Api<ConfigMap> = Api::default_namespaced(kube.client("default"));
    let before = maps.list(&ListParams::default()).await.unwrap().metadata.resource_version;
    changes(&maps).await;
    assert_eq!(first_event(&maps, &before.unwrap()).await, "error 410");
}

#[tokio::test]
async fn a_compaction_expires_what_was_before_the_latest_change() {
    let (kube, _) = LocalKube::simulated(World::of_the_machine(), 4_096);
    let maps: Api<ConfigMap> = Api::default_namespaced(kube.client("default"));
    let before = maps.list(&ListParams::default()).await.unwrap().metadata.resource_version;
    changes(&maps).await;
    let since = maps.get("a").await.unwrap().resource_version().unwrap();
    let mut open = maps.watch(&WatchParams::default(), &since).await.unwrap().boxed();
    kube.compact();
    assert_eq!(first_event(&maps, &before.unwrap()).await, "error 410");
    maps.delete("a", &DeleteParams::default()).await.unwrap();
    assert_eq!(next(&mut open).await, "deleted a");
    assert_eq!(first_event(&maps, &since).await, "deleted a");
}

#[rstest]
#[tokio::test]
async fn a_watch_ends_at_its_timeout(#[values(Writer::Thread, Writer::Caller)] writer: Writer) {
    let bed = Bed::with(writer).await;
    let params = WatchParams::default().timeout(1);
    let events = bed.config_maps().watch(&params, "0").await.unwrap();
    let all = tokio::time::timeout(Duration::from_secs(10), events.try_collect::<Vec<_>>()).await;
    assert!(all.is_ok(), "the watch did not end");
}
