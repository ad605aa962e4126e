//! What wakes a reconcile: the reads of a claim do not grow with the pool.

use std::{sync::Arc, time::Duration};

use engines::{Engines, manifests::ManifestsEngine};
use faultnet::{Call, Network};
use kube::ResourceExt;
use resources::{DployInstance, DployTemplate, EngineName, Phase};
use tokio::time::{Instant, sleep};

use crate::{
    bed::{Bed, Operator, phase, pool},
    pools::{claim, counts},
    support::CONDITION_TIMEOUT,
};

/// The size of the pool.
const SIZE: u32 = 100;
/// The most reads of a claim: of the member, its seat, and the member that replaces it.
const MAX_READS: usize = 20;
/// The most reconciles of instances.
const MAX_RECONCILES: u64 = 10;

fn pool_of_manifests() -> DployTemplate {
    let mut template = pool("lab", SIZE, 0);
    template.spec.chart = None;
    template.spec.engine = Some(EngineName::Manifests);
    template.spec.manifests =
        Some("{ apiVersion: v1, kind: ConfigMap, metadata: { name: warm } }".into());
    template
}

fn reconciles(operator: &Operator) -> u64 {
    let series = "dploy_reconcile_duration_seconds_count{kind=\"dployinstances\"} ";
    operator.metric(series).and_then(|value| value.parse().ok()).unwrap_or_default()
}

/// How many environments an owner has already.
const ENVIRONMENTS: u32 = 20;
/// The most observations of workloads that a launch causes.
const MAX_LOOKS: usize = 6;

/// Waits until the operator has sent no request but those of the election for a while.
async fn quiet(network: &Network) {
    let is_work = |call: &Call| !call.is_watch && !call.is_about("leases");
    let (mut seen, mut since) = (network.count(is_work), Instant::now());
    let began = since;
    while since.elapsed() < Duration::from_secs(1) {
        sleep(Duration::from_millis(20)).await;
        let now = network.count(is_work);
        assert!(began.elapsed() < CONDITION_TIMEOUT, "never quiet: {:#?}", network.last(20));
        if now != seen {
            (seen, since) = (now, Instant::now());
        }
    }
}

#[tokio::test]
async fn the_reads_of_a_claim_do_not_grow_with_the_pool() {
    let (bed, network) = (Bed::new().await, Network::default());
    let client = network.before(bed.client.clone());
    let engine = Arc::new(ManifestsEngine::new(client.clone()));
    let engines = Engines::default().with(EngineName::Manifests, engine);
    let mut settings = bed.settings("one");
    settings.leftovers = Default::default();
    let operator = bed.start(client, settings, engines);
    bed.create(&pool_of_manifests()).await;
    counts(&bed, SIZE, 0, SIZE).await;
    quiet(&network).await;

    network.take();
    let before = reconciles(&operator);
    let name = claim(&bed, "ada").await;
    bed.until(&name, "claimed", |it: &DployInstance| phase(it) == Some(Phase::Claimed)).await;
    counts(&bed, SIZE, 1, SIZE + 1).await;
    quiet(&network).await;
    let looks = reconciles(&operator) - before;
    let calls = network.take();
    let reads: Vec<&Call> = calls.iter().filter(|call| call.is_read()).collect();
    let reads: Vec<_> = reads.iter().filter(|call| !call.is_about("leases")).collect();
    println!("a claim: {} reads, {looks} reconciles of instances", reads.len());
    assert!(reads.len() <= MAX_READS, "{} reads: {reads:#?}", reads.len());
    assert!(looks <= MAX_RECONCILES, "{looks} reconciles");
    assert_eq!(bed.instance(&name).await.map(|it| it.name_any()), Some(name));
}

#[tokio::test]
async fn a_seat_wakes_no_other_environment_of_its_owner() {
    let (bed, network) = (Bed::new().await, Network::default());
    let mut settings = bed.settings("one");
    settings.leftovers = Default::default();
    let _operator = bed.operate_over(&network, settings);
    for number in 0..ENVIRONMENTS {
        bed.launch("ada", &format!("{number:08x}")).await;
    }
    for number in 0..ENVIRONMENTS {
        bed.ready(&format!("lab-{number:08x}")).await;
    }
    quiet(&network).await;
    let before = bed.fake.looks();
    bed.launch("ada", "0123abcd").await;
    bed.ready("lab-0123abcd").await;
    quiet(&network).await;
    let looks = bed.fake.looks() - before;
    assert!(looks <= MAX_LOOKS, "{looks} observations");
}
