//! The caller's list after every change.

use std::time::Duration;

use futures::StreamExt;
use serde_json::json;
use tokio::time::{Instant, timeout};
use wire::Status;

use crate::bed::{Bed, launch, person};

/// A status change has to be on screen within this time.
const MAX_DELAY: Duration = Duration::from_millis(250);

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_starts_at_once_and_reports_every_change() {
    let bed = Bed::with(2).await;
    bed.template("desk", |_| ()).await;
    let ada = person("ada");
    let mut stream = bed.replica(1).watch(&ada).await.expect("a stream");
    assert_eq!(stream.next().await.expect("the list now").count, 0);
    let run = launch(bed.replica(0), &ada, "desk").await.expect("an environment");
    let mut next = async || {
        let since = Instant::now();
        let list = timeout(Duration::from_secs(5), stream.next()).await.expect("a change");
        (list.expect("the stream goes on"), since.elapsed())
    };
    let (list, took) = next().await;
    assert_eq!(list.environments[0].uuid, run.uuid);
    assert!(took < MAX_DELAY, "{took:?}");
    launch(bed.replica(0), &person("bob"), "desk").await.expect("somebody else's");
    bed.report(&format!("desk-{}", run.uuid), json!({ "phase": "Ready" })).await;
    let (list, took) = next().await;
    assert_eq!((list.count, list.environments[0].status), (1, Status::Healthy));
    assert!(took < MAX_DELAY, "{took:?}");
    bed.replica(0).remove(&ada, "desk").await.expect("a deletion");
    let (mut list, took) = next().await;
    assert!(took < MAX_DELAY, "{took:?}");
    while list.used != 0 {
        list = next().await.0;
    }
    assert_eq!(list.environments[0].status, Status::Deleting);
}
