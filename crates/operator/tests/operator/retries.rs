//! When a reconcile that failed is tried again.

use std::time::Duration;

use clock::SystemClock;
use faultnet::{Call, Fault, Network};
use http::StatusCode;
use tokio::time::Instant;

use crate::{bed::Bed, support::eventually};

/// How long it takes from the first to the last of this many requests.
async fn duration_of(network: &Network, count: usize, is: fn(&Call) -> bool) -> Duration {
    let sent = |count: usize| {
        eventually("requests", move || async move { (network.count(is) >= count).then_some(()) })
    };
    sent(1).await;
    let since = Instant::now();
    sent(count).await;
    since.elapsed()
}

fn writes_status(call: &Call) -> bool {
    call.is_write() && call.is_about("dployinstances") && call.is_about("status")
}

fn places_guard(call: &Call) -> bool {
    call.is_write() && call.is_about("networkpolicies")
}

/// As in a cluster with the definitions of another version. The answer is 404.
#[tokio::test]
async fn a_status_that_cannot_be_written_is_tried_again_less_and_less_often() {
    let mut definitions = resources::custom_resource_definitions();
    for definition in &mut definitions {
        for version in &mut definition.spec.versions {
            version.subresources = None;
        }
    }
    let bed = Bed::with_definitions(SystemClock::shared(), definitions).await;
    let network = Network::default();
    let _operator = bed.operate_over(&network, bed.settings("one"));
    bed.create(&crate::bed::launched("ada", "0123abcd")).await;
    let took = duration_of(&network, 7, writes_status).await;
    assert!(took > Duration::from_secs(1), "six pauses of 25 ms, doubling: {took:?}");
}

/// The cache shows the namespace, and it is gone.
#[tokio::test]
async fn a_missing_object_beside_the_instance_is_a_failure_and_no_lost_race() {
    let (bed, network) = (Bed::new().await, Network::default());
    network.breaks(|call| places_guard(call).then_some(Fault::Refused(StatusCode::NOT_FOUND)));
    let _operator = bed.operate_over(&network, bed.settings("one"));
    bed.launch("ada", "0123abcd").await;
    let took = duration_of(&network, 4, places_guard).await;
    assert!(took > Duration::from_secs(1), "three pauses of 200 ms, doubling: {took:?}");
    network.heals();
    bed.ready("lab-0123abcd").await;
}
