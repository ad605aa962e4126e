//! Writes to the API server per claim, as its own counters tell them: everybody's, but for leases, nodes, and what Kubernetes
//! itself does for each namespace that comes.

use std::time::Duration;

use anyhow::{Result, ensure};
use resources::Phase;
use tokio::time::sleep;

use super::pooled;
use crate::{counters::Writes, program::Server, report::Report, tracker::Picture, world::World};

const CLAIMS: usize = 20;
/// When nothing was written for so long, everything is settled.
const SILENCE: Duration = Duration::from_secs(2);

pub(super) async fn measure(world: &World, report: &mut Report) -> Result<()> {
    let (server, operator) = (world.serve().await?, world.operate()?);
    // Claimed members count against the most that there may be: nothing is refilled.
    let full = claims(world, "full", CLAIMS, &server).await?;
    add(report, "API-server writes per claim, on the claimed member", "≤ 3", &full, 3);
    let refilled = claims(world, "refilled", 0, &server).await?;
    add(report, "the same with the refill", "≤ 10", &refilled, 10);
    world.clear().await?;
    server.stop().await?;
    operator.stop().await
}

fn add(report: &mut Report, what: &str, target: &str, writes: &Writes, most: usize) {
    let ours = writes.of_dploy();
    #[expect(clippy::cast_precision_loss, reason = "a handful of writes per claim")]
    let measured = format!("{:.2} ({})", ours.total() as f64 / CLAIMS as f64, ours.per(CLAIMS));
    let met = usize::try_from(ours.total()).is_ok_and(|total| total <= most * CLAIMS);
    report.check(what, target, measured, met);
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
