//! What launches and claims cost the API server, and that the cost does not grow with the pool
//! (docs/benchmarks.md, "Write budget"). The server adds two writes to each: the seat, and the
//! instance or the claim.

use std::{sync::Arc, time::Duration};

use engines::{Engines, manifests::ManifestsEngine};
use faultnet::{Call, Network};
use kube::ResourceExt;
use resources::{DployInstance, DployTemplate, EngineName, GuardRails, Phase};
use tokio::time::{Instant, sleep};

use crate::{
    bed::{Bed, Operator, launched, phase, pool},
    pools::{claim, counts},
    support::CONDITION_TIMEOUT,
};

/// The size of the pool.
const SIZE: u32 = 100;
/// The writes of a launch: the namespace, its network policy, the workload and the status.
const LAUNCH_WRITES: usize = 4;
/// The writes of a claim: the status of the member, its replacement, which is created and launched,
/// and two counts of the pool.
const CLAIM_WRITES: usize = 1 + 1 + LAUNCH_WRITES + 2;
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

/// An operator with engine `manifests` whose requests pass the network.
fn operate(bed: &Bed, network: &Network) -> Operator {
    let client = network.before(bed.client.clone());
    let engine = Arc::new(ManifestsEngine::new(client.clone()));
    let engines = Engines::default().with(EngineName::Manifests, engine);
    let mut settings = bed.settings("one");
    settings.leftovers = Default::default();
    bed.start(client, settings, engines)
}

/// The writes and the reads since the last time, without those of the election.
async fn spent(network: &Network) -> (Vec<Call>, Vec<Call>) {
    quiet(network).await;
    let calls = network.take().into_iter().filter(|it| !it.is_watch && !it.is_about("leases"));
    calls.partition(Call::is_write)
}

#[tokio::test]
async fn a_launch_costs_the_operator_four_writes_and_at_most_one_read() {
    let (bed, network) = (Bed::new().await, Network::default());
    let _operator = operate(&bed, &network);
    for uuid in ["00000001", "00000002"] {
        let mut instance = launched("ada", uuid);
        bed.revise(&mut instance, |it| {
            (it.engine, it.chart) = (EngineName::Manifests, None);
            it.manifests = pool_of_manifests().spec.manifests;
            it.guard_rails = Some(GuardRails {
                network: Some(resources::Network::default()),
                ..GuardRails::default()
            });
            it.display_name = uuid.into();
        })
        .await;
        bed.seat("ada", &instance).await;
        quiet(&network).await;
        network.take();
        bed.create(&instance).await;
        bed.ready(&instance.name_any()).await;
        let (writes, reads) = spent(&network).await;
        if uuid == "00000002" {
            assert_eq!(writes.len(), LAUNCH_WRITES, "{writes:#?}");
            assert!(reads.len() <= 1, "{reads:#?}");
        }
    }
}

#[tokio::test]
async fn the_cost_of_a_claim_does_not_grow_with_the_pool() {
    let (bed, network) = (Bed::new().await, Network::default());
    let operator = operate(&bed, &network);
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
    let (writes, reads) = spent(&network).await;
    assert!(writes.len() <= CLAIM_WRITES, "{} writes: {writes:#?}", writes.len());
    // Of the member that replaces it.
    assert!(reads.len() <= 1, "{} reads: {reads:#?}", reads.len());
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
