//! When a replica leads and when it stops to: dead networks, hung calls, missing rights, and old
//! caches.

use std::time::Duration;

use faultnet::{Call, Fault, Network};
use futures::future::join_all;
use http::StatusCode;
use operator::Settings;
use tokio::time::{Instant, sleep};

use crate::{
    bed::{Bed, Operator},
    election::{holder, leads},
    support::eventually,
};

const FORBIDDEN: Fault = Fault::Refused(StatusCode::FORBIDDEN);

/// Settings with a lease that lasts a second.
fn settings(bed: &Bed, identity: &str) -> Settings {
    let mut settings = bed.settings(identity);
    settings.lease.duration = Duration::from_secs(1);
    settings
}

/// Launches an instance. It becomes ready only if a leader works.
async fn works(bed: &Bed, uuid: &str) {
    bed.launch("ada", uuid).await;
    bed.ready(&format!("lab-{uuid}")).await;
}

async fn until_ready(operator: &Operator, is_ready: bool) {
    eventually(&format!("ready: {is_ready}"), || async {
        (operator.readiness.is_ready() == is_ready).then_some(())
    })
    .await;
}

async fn until_leader_metric(operator: &Operator, value: &str) {
    eventually(&format!("dploy_leader {value}"), || async {
        (operator.leader_metric().as_deref() == Some(value)).then_some(())
    })
    .await;
}

async fn until_count(network: &Network, count: usize, is: impl Fn(&Call) -> bool) {
    eventually("requests", || async { (network.count(&is) >= count).then_some(()) }).await;
}

fn creates_namespace(call: &Call) -> bool {
    call.is_write() && call.path == "/api/v1/namespaces"
}

#[tokio::test]
async fn a_standby_takes_over_when_the_api_server_stops_answering_the_leader() {
    let (bed, network) = (Bed::new().await, Network::default());
    let first = bed.operate_over(&network, settings(&bed, "first"));
    leads(&bed, "first").await;
    let second = bed.operate("second");
    works(&bed, "0123abcd").await;
    assert_eq!(holder(&bed).await.as_deref(), Some("first"));

    network.breaks(|_| Some(Fault::Hang));
    let since = Instant::now();
    leads(&bed, "second").await;
    let took = since.elapsed();
    assert!(took < Duration::from_secs(3), "the lease lasts a second, and it took {took:?}");
    until_leader_metric(&first, "0").await;
    works(&bed, "4567cdef").await;

    // The network of the first is back.
    network.take();
    network.heals();
    until_count(&network, 5, |call| call.is_read() && call.is_about("leases")).await;
    assert_eq!(network.count(Call::is_write), 0, "a deposed leader writes: {:?}", network.take());
    drop(second);
    leads(&bed, "first").await;
    works(&bed, "89abcdef").await;
}

#[tokio::test]
async fn a_call_that_is_never_answered_does_not_keep_a_standby_from_taking_over() {
    let (bed, network) = (Bed::new().await, Network::default());
    let first = bed.operate("first");
    leads(&bed, "first").await;
    network.breaks(|call| call.is_about("leases").then_some(Fault::Swallow));
    let _second = bed.operate_over(&network, settings(&bed, "second"));
    until_count(&network, 1, |call| call.is_about("leases")).await;
    network.heals();
    drop(first);
    leads(&bed, "second").await;
    works(&bed, "0123abcd").await;
}

#[tokio::test]
async fn a_leader_whose_reconciles_hang_ends_its_term() {
    let (bed, network) = (Bed::new().await, Network::default());
    let mut limited = settings(&bed, "first");
    limited.limits.min_stall = Duration::from_millis(500);
    network.breaks(|call| creates_namespace(call).then_some(Fault::Swallow));
    let first = bed.operate_over(&network, limited);
    leads(&bed, "first").await;
    bed.launch("ada", "0123abcd").await;
    until_count(&network, 1, creates_namespace).await;

    let second = bed.operate("second");
    leads(&bed, "second").await;
    bed.ready("lab-0123abcd").await;
    until_leader_metric(&first, "0").await;

    network.heals();
    drop(second);
    leads(&bed, "first").await;
    works(&bed, "4567cdef").await;
}

#[tokio::test]
async fn a_replica_that_may_not_list_one_kind_neither_leads_nor_is_ready() {
    let (bed, network) = (Bed::new().await, Network::default());
    network.breaks(|call| call.is_about("operatorconfigs").then_some(FORBIDDEN));
    let first = bed.operate_over(&network, settings(&bed, "first"));
    until_count(&network, 3, |call| call.is_about("operatorconfigs")).await;
    assert_eq!(holder(&bed).await, None);
    assert!(!first.readiness.is_ready());
    assert_eq!(first.leader_metric().as_deref(), Some("0"));

    let second = bed.operate("second");
    works(&bed, "0123abcd").await;
    assert_eq!(holder(&bed).await.as_deref(), Some("second"));
    until_leader_metric(&second, "1").await;

    network.heals();
    until_ready(&first, true).await;
    drop(second);
    leads(&bed, "first").await;
}

#[tokio::test]
async fn a_replica_without_rights_on_leases_is_not_ready_after_a_while() {
    let (bed, network) = (Bed::new().await, Network::default());
    let mut limited = settings(&bed, "one");
    limited.limits.election_failure = Duration::from_secs(2);
    network.breaks(|call| call.is_about("leases").then_some(FORBIDDEN));
    let operator = bed.operate_over(&network, limited);
    until_ready(&operator, true).await;
    until_ready(&operator, false).await;
    assert_eq!(operator.leader_metric().as_deref(), Some("0"));
    network.heals();
    until_ready(&operator, true).await;
    until_leader_metric(&operator, "1").await;
    works(&bed, "0123abcd").await;
}

#[tokio::test]
async fn a_leader_whose_cache_grows_old_leaves_the_lease() {
    let (bed, network) = (Bed::new().await, Network::default());
    let mut limited = settings(&bed, "first");
    limited.limits.cache_age = Duration::from_secs(2);
    let first = bed.operate_over(&network, limited);
    leads(&bed, "first").await;
    let second = bed.operate("second");
    network.breaks(|call| (call.is_watch && call.is_about("dployowners")).then_some(Fault::Hang));
    leads(&bed, "second").await;
    until_ready(&first, false).await;
    until_leader_metric(&first, "0").await;
    works(&bed, "0123abcd").await;

    network.heals();
    until_ready(&first, true).await;
    drop(second);
    leads(&bed, "first").await;
}

/// The API server ends a watch after half of that age, and the next one shows that the cache lives.
#[tokio::test]
async fn a_quiet_watch_is_not_an_old_cache() {
    let (bed, network) = (Bed::new().await, Network::default());
    let mut limited = settings(&bed, "one");
    limited.limits.cache_age = Duration::from_secs(3);
    let operator = bed.operate_over(&network, limited);
    leads(&bed, "one").await;
    works(&bed, "0123abcd").await;
    for _ in 0..50 {
        until_count(&network, network.count(|_| true) + 1, |_| true).await;
        assert!(operator.readiness.is_ready());
        assert_eq!(operator.leader_metric().as_deref(), Some("1"));
    }
    until_count(&network, 5, |call| call.is_watch && call.is_about("operatorconfigs")).await;
    assert!(operator.readiness.is_ready());
    assert_eq!(operator.leader_metric().as_deref(), Some("1"));
}

/// How often each fault is repeated.
fn rounds() -> usize {
    #[expect(clippy::disallowed_methods, reason = "the environment sets the number of rounds")]
    let rounds = std::env::var("RACE_ROUNDS");
    rounds.ok().and_then(|rounds| rounds.parse().ok()).unwrap_or(2)
}

fn leaders(operators: &[Operator]) -> usize {
    let leads = |it: &&Operator| it.leader_metric().as_deref() == Some("1");
    operators.iter().filter(leads).count()
}

/// Waits until a replica leads, other than `than`. There are never two.
async fn next_leader(operators: &[Operator], than: Option<usize>) -> usize {
    let since = Instant::now();
    loop {
        let metrics: Vec<_> = operators.iter().map(Operator::leader_metric).collect();
        assert!(leaders(operators) <= 1, "two lead: {metrics:?}, after {than:?}");
        let leads = |at: &usize| operators[*at].leader_metric().as_deref() == Some("1");
        let leader = (0..operators.len()).find(leads).filter(|it| Some(*it) != than);
        if let Some(leader) = leader {
            return leader;
        }
        assert!(since.elapsed() < Duration::from_secs(60), "no replica leads");
        sleep(Duration::from_millis(1)).await;
    }
}

/// Each leader in turn loses its network, or its rights on leases, and gets them back.
#[tokio::test]
async fn two_replicas_never_lead_at_once_and_one_always_does_in_the_end() {
    let bed = Bed::new().await;
    let networks: Vec<Network> = (0..3).map(|_| Network::default()).collect();
    let operators: Vec<Operator> = networks
        .iter()
        .enumerate()
        .map(|(at, network)| bed.operate_over(network, settings(&bed, &format!("replica-{at}"))))
        .collect();
    join_all(operators.iter().map(|it| until_ready(it, true))).await;
    let mut leader = next_leader(&operators, None).await;
    for round in 0..rounds() {
        for (at, fault) in [Fault::Hang, Fault::Swallow, FORBIDDEN].into_iter().enumerate() {
            networks[leader].breaks(move |call| {
                let is_broken = call.is_about("leases") || matches!(fault, Fault::Hang);
                is_broken.then_some(fault)
            });
            let next = next_leader(&operators, Some(leader)).await;
            networks[leader].heals();
            leader = next;
            works(&bed, &format!("{:08x}", round * 3 + at)).await;
            assert!(leaders(&operators) <= 1);
        }
    }
}
