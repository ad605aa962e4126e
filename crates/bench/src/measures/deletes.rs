//! Deletions, from the request until the instance, its workload and its namespace are gone.

use std::time::Instant;

use anyhow::{Result, ensure};
use futures::future::try_join_all;
use http::{Method, StatusCode};
use resources::Phase;
use tokio::time::sleep;

use super::{milliseconds, ms};
use crate::report::Report;
use harness::{Durations, Fixture, Instances, User, templates};

const TEMPLATE: &str = "desk";
const SEQUENTIAL_DELETIONS: usize = 20;
const CONCURRENT_DELETIONS: usize = 200;

pub(super) async fn measure(fixture: &Fixture, report: &mut Report) -> Result<()> {
    let (server, operator) = (fixture.serve().await?, fixture.operate()?);
    fixture.template(TEMPLATE, templates::on_demand()).await?;
    let mut users = fixture.users("alone", SEQUENTIAL_DELETIONS, &server).await?;
    launch(fixture, &mut users).await?;
    let (mut answers, mut gone) = (Vec::new(), Vec::new());
    for user in &mut users {
        sleep(milliseconds(200)).await;
        let name = instance_name(user).await?;
        let start = Instant::now();
        delete(user).await?;
        answers.push(start.elapsed());
        fixture.instances.until("the instance is gone", |it| !it.contains(&name)).await?;
        gone.push(start.elapsed());
    }
    let (answers, gone): (Durations, Durations) =
        (answers.into_iter().collect(), gone.into_iter().collect());
    report.check(
        format!("delete to gone, alone ({})", gone.count()),
        "p50 ≤ 150 ms",
        format!("p50 {}, p95 {}; answer p50 {}", ms(gone.p50()), ms(gone.p95()), ms(answers.p50())),
        gone.p50() <= milliseconds(150),
    );
    let mut users = fixture.users("crowd", CONCURRENT_DELETIONS, &server).await?;
    launch(fixture, &mut users).await?;
    let start = Instant::now();
    try_join_all(users.iter_mut().map(delete)).await?;
    let answered = start.elapsed();
    fixture.instances.until("all instances are gone", |it| it.existing().next().is_none()).await?;
    let took = start.elapsed();
    report.check(
        format!("{CONCURRENT_DELETIONS} deletions at once, to all gone"),
        "≤ 2 s",
        format!("{}; all answered after {}", ms(took), ms(answered)),
        took <= milliseconds(2000),
    );
    fixture.clear().await?;
    server.stop().await?;
    operator.stop().await
}

/// Every user launches the template. Waits until all instances are Ready.
async fn launch(fixture: &Fixture, users: &mut [User]) -> Result<()> {
    let count = users.len();
    for user in users {
        let response = user.client.get(&format!("/run/{TEMPLATE}")).await?;
        ensure!(response.status.is_success(), "{}: {response:?}", user.name);
    }
    let all_ready = |it: &Instances| it.count(TEMPLATE, Phase::Ready) == count;
    fixture.instances.until("all instances are Ready", all_ready).await
}

async fn instance_name(user: &mut User) -> Result<String> {
    let environment = user.client.get(&format!("/run/{TEMPLATE}/status")).await?.json()?;
    Ok(format!("{TEMPLATE}-{}", environment["uuid"].as_str().unwrap_or_default()))
}

async fn delete(user: &mut User) -> Result<()> {
    let response = user.client.send(Method::DELETE, &format!("/run/{TEMPLATE}")).await?;
    ensure!(response.status == StatusCode::NO_CONTENT, "{}: {response:?}", user.name);
    Ok(())
}
