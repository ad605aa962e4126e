//! Warm members, claimed one at a time and by a crowd. The owners have used Dploy before and are connected, as behind any
//! ingress; the operator runs and refills the pool meanwhile.

use std::time::Duration;

use anyhow::{Result, ensure};
use futures::future::try_join_all;
use resources::Phase;
use tokio::time::sleep;

use super::{milliseconds, ms, pooled};
use crate::{
    client::Answer,
    program::Server,
    report::Report,
    statistics::Durations,
    tracker::Picture,
    world::{Person, World},
};

const ALONE: usize = 100;
/// So that one claim does not meet what the last one set off.
const SILENCE: Duration = milliseconds(100);

pub(super) async fn alone(world: &World, report: &mut Report) -> Result<()> {
    let (server, operator) = (world.serve().await?, world.operate()?);
    let pool = "warm";
    world.template(pool, pooled(5, 0)).await?;
    let mut took = Vec::with_capacity(ALONE);
    for mut person in world.people("alone", ALONE, &server).await? {
        until_warm(world, pool, 5).await?;
        sleep(SILENCE).await;
        took.push(claim(&mut person, pool).await?.took);
    }
    let took: Durations = took.into_iter().collect();
    report.check(
        format!("warm claim, alone ({})", took.count()),
        "p50 ≤ 12 ms, p95 ≤ 25 ms",
        distribution(&took),
        took.p50() <= milliseconds(12) && took.p95() <= milliseconds(25),
    );
    world.clear().await?;
    server.stop().await?;
    operator.stop().await
}

pub(super) async fn at_once(world: &World, report: &mut Report) -> Result<()> {
    let (server, operator) = (world.serve().await?, world.operate()?);
    let took = crowds(world, 5, 20, &server).await?;
    report.check(
        "20 warm claims at once (5 times)",
        "p95 ≤ 80 ms",
        distribution(&took),
        took.p95() <= milliseconds(80),
    );
    let took = crowds(world, 5, 60, &server).await?;
    report.check(
        "60 warm claims at once (5 times)",
        "all ≤ 250 ms",
        distribution(&took),
        took.max() <= milliseconds(250),
    );
    let took = crowds(world, 1, 300, &server).await?;
    report.check(
        "300 warm claims at once",
        "all ≤ 1 s",
        distribution(&took),
        took.max() <= milliseconds(1000),
    );
    server.stop().await?;
    operator.stop().await
}

/// Several crowds, one after the other: what a single one meets is left to chance.
async fn crowds(world: &World, rounds: usize, count: usize, server: &Server) -> Result<Durations> {
    let mut took = Vec::with_capacity(rounds * count);
    for _ in 0..rounds {
        took.extend(crowd(world, count, server).await?);
    }
    Ok(took.into_iter().collect())
}

/// So many people claim a member each, all at the same time.
async fn crowd(world: &World, count: usize, server: &Server) -> Result<Vec<Duration>> {
    let pool = format!("warm-{count}");
    world.template(&pool, pooled(count, 0)).await?;
    let mut people = world.people(&format!("crowd-{count}"), count, server).await?;
    until_warm(world, &pool, count).await?;
    sleep(SILENCE).await;
    let answers = try_join_all(people.iter_mut().map(|it| claim(it, &pool))).await?;
    let took = answers.iter().map(|answer| answer.took).collect();
    world.clear().await?;
    Ok(took)
}

async fn until_warm(world: &World, pool: &str, count: usize) -> Result<()> {
    let is_warm = |it: &Picture| it.count(pool, Phase::Available) >= count;
    world.tracker.until("the pool is warm", is_warm).await
}

/// Somebody claims a member.
async fn claim(person: &mut Person, pool: &str) -> Result<Answer> {
    let answer = person.client.get(&format!("/run/{pool}")).await?;
    ensure!(answer.status.is_success(), "{}: {answer:?}", person.name);
    Ok(answer)
}

fn distribution(took: &Durations) -> String {
    format!("p50 {}, p95 {}, max {}", ms(took.p50()), ms(took.p95()), ms(took.max()))
}
