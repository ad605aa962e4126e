//! Writes to the API server per claim, as its own counters tell them: everybody's, but for leases, nodes, and what Kubernetes
//! itself does for each namespace that comes.

use std::time::Duration;

use anyhow::{Result, ensure};
use resources::Phase;
use tokio::time::sleep;

use super::pooled;
use crate::{counters::Writes, program::Server, report::Report, tracker::Picture, world::World};

const CLAIMS: usize = 20;
/// The ledger of the owner, and the instance.
const MEMBER: [&str; 2] = ["dployowners", "dployinstances"];
/// When nothing was written for so long, everything is settled.
const SILENCE: Duration = Duration::from_secs(2);

pub(super) async fn measure(world: &World, report: &mut Report) -> Result<()> {
    let (server, operator) = (world.serve().await?, world.operate()?);
    // Claimed members count against the most that there may be: nothing is refilled.
    let claimed = claims(world, "full", CLAIMS, &server).await?.of_dploy();
    let member = claimed.of(&MEMBER);
    report.check(
        "API-server writes per claim: the seat and the claimed member",
        "≤ 3",
        member.per(CLAIMS),
        member.total() <= 3 * CLAIMS as u64,
    );
    report.note("the same with the pool's count and the Event", claimed.per(CLAIMS));
    let refilled = claims(world, "refilled", 0, &server).await?.of_dploy();
    report.check(
        "API-server writes per claim, with the refill",
        "≤ 10",
        refilled.per(CLAIMS),
        refilled.total() <= 10 * CLAIMS as u64,
    );
    world.clear().await?;
    server.stop().await?;
    operator.stop().await
}

/// What is written because of some claims, one after the other.
async fn claims(world: &World, template: &str, most: usize, server: &Server) -> Result<Writes> {
    world.template(template, pooled(CLAIMS, most)).await?;
    let people = world.people(template, CLAIMS, server).await?;
    let warm = |it: &Picture| it.count(template, Phase::Available) == CLAIMS;
    world.tracker.until("the pool is warm", warm).await?;
    let before = settled(world).await?;
    for mut person in people {
        let answer = person.client.get(&format!("/run/{template}")).await?;
        ensure!(answer.status.is_success(), "{}: {answer:?}", person.name);
        sleep(SILENCE / 20).await;
    }
    let claimed = |it: &Picture| it.count(template, Phase::Claimed) == CLAIMS;
    world.tracker.until("all are claimed", claimed).await?;
    if most == 0 {
        world.tracker.until("the pool is warm again", warm).await?;
    }
    Ok(settled(world).await?.since(&before))
}

/// The counters, once they stand still.
pub(super) async fn settled(world: &World) -> Result<Writes> {
    let mut last = Writes::read(&world.kube).await?;
    loop {
        sleep(SILENCE).await;
        let now = Writes::read(&world.kube).await?;
        if now == last {
            return Ok(now);
        }
        last = now;
    }
}
