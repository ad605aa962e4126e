//! Writes to the API server per claim, from its own metrics. Leases, nodes and the writes that
//! Kubernetes makes for every namespace are not counted.

use std::time::Duration;

use anyhow::{Result, ensure};
use harness::{Fixture, Instances, ServeProcess, templates};
use resources::Phase;
use tokio::time::sleep;

use crate::{counters::Writes, report::Report};

const CLAIMS: usize = 20;
/// The resources that a claim itself writes: the owner record and the instance.
const CLAIM_RESOURCES: [&str; 2] = ["dployowners", "dployinstances"];
/// The time without writes after which the system counts as settled.
const QUIET_PERIOD: Duration = Duration::from_secs(2);

pub(super) async fn measure(fixture: &Fixture, report: &mut Report) -> Result<()> {
    let (server, operator) = (fixture.serve().await?, fixture.operate()?);
    // Claimed members count against maxSize, so the pool is not refilled.
    let claimed = claims(fixture, "full", CLAIMS, &server).await?.without_housekeeping();
    let by_claim = claimed.to(&CLAIM_RESOURCES);
    report.check(
        "API-server writes per claim: the seat and the claimed member",
        "≤ 3",
        by_claim.per_operation(CLAIMS),
        by_claim.total() <= 3 * CLAIMS as u64,
    );
    report.note(
        "API-server writes per claim, with the pool's count and the Event",
        claimed.per_operation(CLAIMS),
    );
    let refilled = claims(fixture, "refilled", 0, &server).await?.without_housekeeping();
    report.check(
        "API-server writes per claim, with the refill",
        "≤ 10",
        refilled.per_operation(CLAIMS),
        refilled.total() <= 10 * CLAIMS as u64,
    );
    fixture.clear().await?;
    server.stop().await?;
    operator.stop().await
}

/// The writes that sequential claims cause. `max_size` is that of the pool; with 0 it is refilled.
async fn claims(
    fixture: &Fixture,
    template: &str,
    max_size: usize,
    server: &ServeProcess,
) -> Result<Writes> {
    fixture.template(template, templates::pooled(CLAIMS, max_size)).await?;
    let users = fixture.users(template, CLAIMS, server).await?;
    let is_full = |it: &Instances| it.count(template, Phase::Available) == CLAIMS;
    fixture.instances.until("the pool is full", is_full).await?;
    let before = wait_until_settled(fixture).await?;
    for mut user in users {
        let response = user.client.get(&format!("/run/{template}")).await?;
        ensure!(response.status.is_success(), "{}: {response:?}", user.name);
        sleep(QUIET_PERIOD / 20).await;
    }
    let all_claimed = |it: &Instances| it.count(template, Phase::Claimed) == CLAIMS;
    fixture.instances.until("all members are claimed", all_claimed).await?;
    if max_size == 0 {
        fixture.instances.until("the pool is full again", is_full).await?;
    }
    Ok(wait_until_settled(fixture).await?.since(&before))
}

/// Waits until there are no more writes, and returns the counters.
pub(super) async fn wait_until_settled(fixture: &Fixture) -> Result<Writes> {
    let mut last = Writes::read(&fixture.kube).await?;
    loop {
        sleep(QUIET_PERIOD).await;
        let now = Writes::read(&fixture.kube).await?;
        if now == last {
            return Ok(now);
        }
        last = now;
    }
}
