//! Claims of pool members, sequential and concurrent. The users have an owner record and an open
//! connection, as behind an ingress. The operator refills the pool meanwhile.

use std::time::Duration;

use anyhow::{Result, ensure};
use futures::future::try_join_all;
use resources::Phase;
use tokio::time::sleep;

use super::{milliseconds, ms};
use crate::report::Report;
use harness::{Durations, Fixture, Instances, Response, ServeProcess, User, templates};

const SEQUENTIAL_CLAIMS: usize = 100;
/// The pause before a claim, in which the effects of the previous one end.
const PAUSE_BEFORE_CLAIM: Duration = milliseconds(100);

pub(super) async fn sequential(fixture: &Fixture, report: &mut Report) -> Result<()> {
    let (server, operator) = (fixture.serve().await?, fixture.operate()?);
    let pool = "warm";
    fixture.template(pool, templates::pooled(5, 0)).await?;
    let mut took = Vec::with_capacity(SEQUENTIAL_CLAIMS);
    for mut user in fixture.users("alone", SEQUENTIAL_CLAIMS, &server).await? {
        wait_for_pool(fixture, pool, 5).await?;
        sleep(PAUSE_BEFORE_CLAIM).await;
        took.push(claim(&mut user, pool).await?.took);
    }
    let took: Durations = took.into_iter().collect();
    report.check(
        format!("warm claim, alone ({})", took.count()),
        "p50 ≤ 12 ms, p95 ≤ 25 ms",
        distribution(&took),
        took.p50() <= milliseconds(12) && took.p95() <= milliseconds(25),
    );
    fixture.clear().await?;
    server.stop().await?;
    operator.stop().await
}

pub(super) async fn concurrent(fixture: &Fixture, report: &mut Report) -> Result<()> {
    let (server, operator) = (fixture.serve().await?, fixture.operate()?);
    let took = rounds_of_claims(fixture, 5, 20, &server).await?;
    report.check(
        "20 warm claims at once (5 times)",
        "p95 ≤ 80 ms",
        distribution(&took),
        took.p95() <= milliseconds(80),
    );
    let took = rounds_of_claims(fixture, 5, 60, &server).await?;
    report.check(
        "60 warm claims at once (5 times)",
        "all ≤ 250 ms",
        distribution(&took),
        took.max() <= milliseconds(250),
    );
    let took = rounds_of_claims(fixture, 1, 300, &server).await?;
    report.check(
        "300 warm claims at once",
        "all ≤ 1 s",
        distribution(&took),
        took.max() <= milliseconds(1000),
    );
    server.stop().await?;
    operator.stop().await
}

/// Repeats concurrent claims `rounds` times, since the result of a single round varies.
async fn rounds_of_claims(
    fixture: &Fixture,
    rounds: usize,
    count: usize,
    server: &ServeProcess,
) -> Result<Durations> {
    let mut took = Vec::with_capacity(rounds * count);
    for _ in 0..rounds {
        took.extend(concurrent_claims(fixture, count, server).await?);
    }
    Ok(took.into_iter().collect())
}

/// `count` users claim one pool member each at the same time.
async fn concurrent_claims(
    fixture: &Fixture,
    count: usize,
    server: &ServeProcess,
) -> Result<Vec<Duration>> {
    let pool = format!("warm-{count}");
    fixture.template(&pool, templates::pooled(count, 0)).await?;
    let mut users = fixture.users(&format!("crowd-{count}"), count, server).await?;
    wait_for_pool(fixture, &pool, count).await?;
    sleep(PAUSE_BEFORE_CLAIM).await;
    let responses = try_join_all(users.iter_mut().map(|it| claim(it, &pool))).await?;
    let took = responses.iter().map(|response| response.took).collect();
    fixture.clear().await?;
    Ok(took)
}

async fn wait_for_pool(fixture: &Fixture, pool: &str, count: usize) -> Result<()> {
    let is_full = |it: &Instances| it.count(pool, Phase::Available) >= count;
    fixture.instances.until("the pool is full", is_full).await
}

/// Claims a pool member.
async fn claim(user: &mut User, pool: &str) -> Result<Response> {
    let response = user.client.get(&format!("/run/{pool}")).await?;
    ensure!(response.status.is_success(), "{}: {response:?}", user.name);
    Ok(response)
}

fn distribution(took: &Durations) -> String {
    format!("p50 {}, p95 {}, max {}", ms(took.p50()), ms(took.p95()), ms(took.max()))
}
