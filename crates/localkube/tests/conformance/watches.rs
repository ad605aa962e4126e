//! Watches: events, bookmarks, expiry and timeouts.

use std::time::Duration;

use futures::{Stream, StreamExt, TryStreamExt};
use k8s_openapi::api::core::v1::ConfigMap;
use kube::{
    ResourceExt,
    api::{DeleteParams, ListParams, Patch, PatchParams, WatchEvent, WatchParams},
};
use serde_json::json;

use crate::bed::{Bed, error_of};

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

#[tokio::test]
async fn a_watch_sends_the_changes_after_a_version() {
    let bed = Bed::new().await;
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

#[tokio::test]
async fn a_watch_list_marks_the_end_of_the_initial_events() {
    let bed = Bed::new().await;
    bed.config_map("a", "x").await;
    let params = WatchParams::default().labels("app").initial_events();
    let mut events = bed.config_maps().watch(&params, "0").await.unwrap().boxed();
    assert_eq!(next(&mut events).await, "added a");
    assert_eq!(next(&mut events).await, "initial events end");
    bed.config_map("b", "x").await;
    assert_eq!(next(&mut events).await, "added b");
}

#[tokio::test]
async fn a_watch_without_a_version_starts_with_the_existing_objects() {
    let bed = Bed::new().await;
    bed.config_map("a", "x").await;
    let params = WatchParams::default().labels("app");
    let mut events = bed.config_maps().watch(&params, "0").await.unwrap().boxed();
    assert_eq!(next(&mut events).await, "added a");
}

#[tokio::test]
async fn a_watch_from_an_expired_version_fails_with_410() {
    let kube = localkube::LocalKube::in_memory(clock::SystemClock::shared());
    let maps: kube::Api<ConfigMap> = kube::Api::default_namespaced(kube.client("default"));
    for n in 0..4_200 {
        let map = crate::bed::config_map(&format!("m{}", n % 10), "x");
        let patch = Patch::Merge(json!({ "data": { "n": n.to_string() } }));
        if n < 10 {
            maps.create(&Default::default(), &map).await.unwrap();
        } else {
            maps.patch(&format!("m{}", n % 10), &PatchParams::default(), &patch).await.unwrap();
        }
    }
    let outcome = match maps.watch(&WatchParams::default(), "2").await {
        Ok(events) => next(&mut events.boxed()).await,
        Err(error) => format!("error {}", error_of(Err::<(), _>(error)).0),
    };
    assert_eq!(outcome, "error 410");
}

#[tokio::test]
async fn a_watch_ends_at_its_timeout() {
    let bed = Bed::new().await;
    let params = WatchParams::default().timeout(1);
    let events = bed.config_maps().watch(&params, "0").await.unwrap();
    let all = tokio::time::timeout(Duration::from_secs(10), events.try_collect::<Vec<_>>()).await;
    assert!(all.is_ok(), "the watch did not end");
}
