//! Launches on demand of a workload that is ready at once.

use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use futures::future::try_join_all;
use resources::Phase;
use tokio::time::sleep;

use super::{milliseconds, ms, rate};
use crate::report::Report;
use harness::{Durations, Fixture, Instances, User, templates};

const TEMPLATE: &str = "desk";
const SEQUENTIAL_LAUNCHES: usize = 50;
const CONCURRENT_LAUNCHES: usize = 300;
/// The interval at which a user polls the status.
const POLL_INTERVAL: Duration = milliseconds(2);

pub(super) async fn sequential(fixture: &Fixture, report: &mut Report) -> Result<()> {
    let (server, operator) = (fixture.serve().await?, fixture.operate()?);
    fixture.template(TEMPLATE, templates::on_demand()).await?;
    let (mut answers, mut healthy) = (Vec::new(), Vec::new());
    for mut user in fixture.users("alone", SEQUENTIAL_LAUNCHES, &server).await? {
        sleep(milliseconds(100)).await;
        let start = Instant::now();
        answers.push(launch(&mut user).await?);
        until_healthy(&mut user).await?;
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
        "on-demand launch to Healthy in the status, alone",
        format!("p50 {}, p95 {}", ms(healthy.p50()), ms(healthy.p95())),
    );
    fixture.clear().await?;
    server.stop().await?;
    operator.stop().await
}

pub(super) async fn concurrent(fixture: &Fixture, report: &mut Report) -> Result<()> {
    let (server, operator) = (fixture.serve().await?, fixture.operate()?);
    fixture.template(TEMPLATE, templates::on_demand()).await?;
    let mut users = fixture.users("crowd", CONCURRENT_LAUNCHES, &server).await?;
    sleep(Duration::from_secs(1)).await;
    let start = Instant::now();
    let answers: Durations =
        try_join_all(users.iter_mut().map(launch)).await?.into_iter().collect();
    let all_ready = |it: &Instances| it.count(TEMPLATE, Phase::Ready) == CONCURRENT_LAUNCHES;
    fixture.instances.until("all instances are Ready", all_ready).await?;
    let took = start.elapsed();
    let rate = rate(CONCURRENT_LAUNCHES, took);
    report.check(
        format!(
            "{CONCURRENT_LAUNCHES} on-demand launches at once, from the first request to all Ready"
        ),
        "≥ 100 instances/s",
        format!("{rate:.0} instances/s ({}); answers p95 {}", ms(took), ms(answers.p95())),
        rate >= 100.0,
    );
    fixture.clear().await?;
    server.stop().await?;
    operator.stop().await
}

/// Launches the template and returns the duration of the request.
async fn launch(user: &mut User) -> Result<Duration> {
    let response = user.client.get(&format!("/run/{TEMPLATE}")).await?;
    ensure!(response.status.is_success(), "{}: {response:?}", user.name);
    Ok(response.took)
}

async fn until_healthy(user: &mut User) -> Result<()> {
    loop {
        let status = user.client.get(&format!("/run/{TEMPLATE}/status")).await?.json()?;
        if status["status"] == "Healthy" {
            return Ok(());
        }
        sleep(POLL_INTERVAL).await;
    }
}
