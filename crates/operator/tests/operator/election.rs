//! One leader at a time.

use std::{
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};

use faultnet::{Call, Fault, Network};
use http::StatusCode;
use k8s_openapi::api::coordination::v1::Lease;
use operator::LeaseTimings;

use crate::{bed::Bed, support::eventually};

/// Whether the request takes, renews or releases the lease.
fn writes_lease(call: &Call) -> bool {
    call.is_write() && call.is_about("leases")
}

pub(crate) async fn holder(bed: &Bed) -> Option<String> {
    let lease: Lease = bed.api().get_opt("dploy-operator").await.unwrap()?;
    lease.spec?.holder_identity.filter(|it| !it.is_empty())
}

pub(crate) async fn leads(bed: &Bed, identity: &str) {
    eventually(identity, || async {
        (holder(bed).await.as_deref() == Some(identity)).then_some(())
    })
    .await;
}

#[tokio::test]
async fn a_replica_leads_as_soon_as_its_caches_are_filled() {
    let bed = Bed::new().await;
    let mut settings = bed.settings("one");
    let renew_every = Duration::from_secs(3_600);
    settings.lease = LeaseTimings { duration: 4 * renew_every, renew_every };
    let _operator = bed.operate_over(&Network::default(), settings);
    leads(&bed, "one").await;
}

#[tokio::test]
async fn a_second_replica_takes_over_when_the_first_crashes() {
    let bed = Bed::new().await;
    let first = bed.operate("first");
    leads(&bed, "first").await;
    let _second = bed.operate("second");
    bed.launch("ada", "0123abcd").await;
    bed.ready("lab-0123abcd").await;
    assert_eq!(holder(&bed).await.as_deref(), Some("first"));
    drop(first);
    leads(&bed, "second").await;
    bed.launch("ada", "4567cdef").await;
    bed.ready("lab-4567cdef").await;
}

#[tokio::test]
async fn a_leader_that_stops_gives_the_lease_back() {
    let bed = Bed::new().await;
    let first = bed.operate("first");
    leads(&bed, "first").await;
    first.stop().await;
    assert_eq!(holder(&bed).await, None);
    let _second = bed.operate("second");
    leads(&bed, "second").await;
}

/// A proxy that repeats a write lets the leader meet its own renewal as a conflict; one that breaks
/// lets it not learn of its renewal. In a new term the operator would observe its workloads again.
#[tokio::test]
async fn a_leader_that_does_not_learn_of_its_own_renewal_goes_on_leading() {
    for fault in [Fault::Replayed, Fault::Lost(StatusCode::SERVICE_UNAVAILABLE)] {
        let (bed, network) = (Bed::new().await, Network::default());
        network.breaks(move |call| writes_lease(call).then_some(fault));
        let _operator = bed.operate_over(&network, bed.settings("one"));
        bed.launch("ada", "0123abcd").await;
        bed.ready("lab-0123abcd").await;
        let renewals = |count: usize| {
            let (network, until) = (&network, network.count(writes_lease) + count);
            eventually("renewals", move || async move {
                (network.count(writes_lease) >= until).then_some(())
            })
        };
        let looks = eventually("a settled operator", || async {
            let before = bed.fake.looks();
            renewals(3).await;
            (bed.fake.looks() == before).then_some(before)
        })
        .await;
        renewals(10).await;
        assert_eq!(bed.fake.looks(), looks, "a new term began: {fault:?}");
    }
}

#[tokio::test]
async fn a_leader_that_stops_gives_the_lease_back_although_its_release_meets_a_conflict() {
    let (bed, network) = (Bed::new().await, Network::default());
    let first = bed.operate_over(&network, bed.settings("first"));
    leads(&bed, "first").await;
    let met = AtomicBool::new(false);
    network.breaks(move |call| {
        let meets = writes_lease(call) && !met.swap(true, Ordering::SeqCst);
        meets.then_some(Fault::Refused(StatusCode::CONFLICT))
    });
    first.stop().await;
    assert_eq!(holder(&bed).await, None);
}
