//! From the request to delete until the instance is gone, workload, namespace and all.

use std::time::Instant;

use anyhow::{Result, ensure};
use futures::future::try_join_all;
use http::{Method, StatusCode};
use resources::Phase;
use tokio::time::sleep;

use super::{milliseconds, ms, on_demand};
use crate::{
    report::Report,
    statistics::Durations,
    tracker::Picture,
    world::{Person, World},
};

const TEMPLATE: &str = "desk";
const ALONE: usize = 20;
const CROWD: usize = 200;

pub(super) async fn measure(world: &World, report: &mut Report) -> Result<()> {
    let (server, operator) = (world.serve().await?, world.operate()?);
    world.template(TEMPLATE, on_demand()).await?;
    let mut people = world.people("alone", ALONE, &server).await?;
    launch(world, &mut people).await?;
    let (mut answers, mut gone) = (Vec::new(), Vec::new());
    for person in &mut people {
        sleep(milliseconds(200)).await;
        let name = name(person).await?;
        let start = Instant::now();
        delete(person).await?;
        answers.push(start.elapsed());
        world.tracker.until("it is gone", |it| !it.has(&name)).await?;
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
    let mut people = world.people("crowd", CROWD, &server).await?;
    launch(world, &mut people).await?;
    let start = Instant::now();
    try_join_all(people.iter_mut().map(delete)).await?;
    let answered = start.elapsed();
    world.tracker.until("all are gone", |it| it.present().next().is_none()).await?;
    let took = start.elapsed();
    report.check(
        format!("{CROWD} deletions at once, to all gone"),
        "≤ 2 s",
        format!("{}; all answered after {}", ms(took), ms(answered)),
        took <= milliseconds(2000),
    );
    world.clear().await?;
    server.stop().await?;
    operator.stop().await
}

/// Everybody launches the template and waits until all are ready.
async fn launch(world: &World, people: &mut [Person]) -> Result<()> {
    let count = people.len();
    for person in people {
        let answer = person.client.get(&format!("/run/{TEMPLATE}")).await?;
        ensure!(answer.status.is_success(), "{}: {answer:?}", person.name);
    }
    let ready = |it: &Picture| it.count(TEMPLATE, Phase::Ready) == count;
    world.tracker.until("all are ready", ready).await
}

async fn name(person: &mut Person) -> Result<String> {
    let run = person.client.get(&format!("/run/{TEMPLATE}/status")).await?.json()?;
    Ok(format!("{TEMPLATE}-{}", run["uuid"].as_str().unwrap_or_default()))
}

async fn delete(person: &mut Person) -> Result<()> {
    let answer = person.client.send(Method::DELETE, &format!("/run/{TEMPLATE}")).await?;
    ensure!(answer.status == StatusCode::NO_CONTENT, "{}: {answer:?}", person.name);
    Ok(())
}
