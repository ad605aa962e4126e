//! Launches on demand of a workload that is ready at once.

use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use futures::future::try_join_all;
use resources::Phase;
use tokio::time::sleep;

use super::{milliseconds, ms, on_demand, rate};
use crate::{
    report::Report,
    statistics::Durations,
    tracker::Picture,
    world::{Person, World},
};

const TEMPLATE: &str = "desk";
const ALONE: usize = 50;
const CROWD: usize = 300;
/// How often somebody who waits looks again.
const GLANCE: Duration = milliseconds(2);

pub(super) async fn alone(world: &World, report: &mut Report) -> Result<()> {
    let (server, operator) = (world.serve().await?, world.operate()?);
    world.template(TEMPLATE, on_demand()).await?;
    let (mut answers, mut healthy) = (Vec::new(), Vec::new());
    for mut person in world.people("alone", ALONE, &server).await? {
        sleep(milliseconds(100)).await;
        let start = Instant::now();
        answers.push(launch(&mut person).await?);
        until_healthy(&mut person).await?;
        healthy.push(start.elapsed());
    }
    let (answers, healthy): (Durations, Durations) =
        (answers.into_iter().collect(), healthy.into_iter().collect());
    report.check(
        format!("on-demand launch to answer, alone ({})", answers.count()),
        "p50 ≤ 12 ms",
        format!("p50 {}, p95 {}", ms(answers.p50()), ms(answers.p95())),
        answers.p50() <= milliseconds(12),
    );
    report.note(
        "the same to Healthy, as the person sees it",
        format!("p50 {}, p95 {}", ms(healthy.p50()), ms(healthy.p95())),
    );
    world.clear().await?;
    server.stop().await?;
    operator.stop().await
}

pub(super) async fn at_once(world: &World, report: &mut Report) -> Result<()> {
    let (server, operator) = (world.serve().await?, world.operate()?);
    world.template(TEMPLATE, on_demand()).await?;
    let mut people = world.people("crowd", CROWD, &server).await?;
    sleep(Duration::from_secs(1)).await;
    let start = Instant::now();
    let answers: Durations =
        try_join_all(people.iter_mut().map(launch)).await?.into_iter().collect();
    let ready = |it: &Picture| it.count(TEMPLATE, Phase::Ready) == CROWD;
    world.tracker.until("all are ready", ready).await?;
    let took = start.elapsed();
    let rate = rate(CROWD, took);
    report.check(
        format!("{CROWD} on-demand launches at once, from the first request to all Ready"),
        "≥ 100 instances/s",
        format!("{rate:.0} instances/s ({}); answers p95 {}", ms(took), ms(answers.p95())),
        rate >= 100.0,
    );
    world.clear().await?;
    server.stop().await?;
    operator.stop().await
}

/// Somebody launches the template.
pub(super) async fn launch(person: &mut Person) -> Result<Duration> {
    let answer = person.client.get(&format!("/run/{TEMPLATE}")).await?;
    ensure!(answer.status.is_success(), "{}: {answer:?}", person.name);
    Ok(answer.took)
}

async fn until_healthy(person: &mut Person) -> Result<()> {
    loop {
        let status = person.client.get(&format!("/run/{TEMPLATE}/status")).await?.json()?;
        if status["status"] == "Healthy" {
            return Ok(());
        }
        sleep(GLANCE).await;
    }
}
