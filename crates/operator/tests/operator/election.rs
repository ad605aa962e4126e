//! One leader at a time.

use k8s_openapi::api::coordination::v1::Lease;

use crate::{bed::Bed, support::eventually};

async fn holder(bed: &Bed) -> Option<String> {
    let lease: Lease = bed.api().get_opt("dploy-operator").await.unwrap()?;
    lease.spec?.holder_identity.filter(|it| !it.is_empty())
}

async fn leads(bed: &Bed, identity: &str) {
    eventually(identity, || async {
        (holder(bed).await.as_deref() == Some(identity)).then_some(())
    })
    .await;
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
