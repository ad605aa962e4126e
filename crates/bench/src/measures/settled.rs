//! A cluster with 1,000 settled instances: what it answers, what it writes when nobody asks for anything, and how an operator
//! that starts finds its way.

use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use futures::{StreamExt as _, TryStreamExt as _, stream};
use resources::Phase;
use tokio::time::sleep;

use super::{milliseconds, ms, on_demand, rate, reads, writes::settled};
use crate::{
    counters::Writes,
    program::{Program, Server},
    report::Report,
    tracker::Picture,
    world::{Person, World},
};

/// 1,000 environments of others, and five of one's own.
const OWNERS: usize = 201;
const OWN: usize = 5;
/// How many the catalog has.
const TEMPLATES: usize = 20;
/// What is launched while an operator starts.
const LAST: &str = "template-19";
const AT_ONCE: usize = 32;
const MINUTE: Duration = Duration::from_secs(60);

pub(super) async fn measure(world: &World, report: &mut Report) -> Result<()> {
    let (server, operator) = (world.serve().await?, world.operate()?);
    settle(world, &server, report).await?;
    settled(world).await?;
    reads::measure(world, &server, "owner-0", report).await?;
    idle(world, report).await?;
    operator.stop().await?;
    let operator = restart(world, &server, report).await?;
    world.clear().await?;
    server.stop().await?;
    operator.stop().await
}

/// Everybody launches five environments.
async fn settle(world: &World, server: &Server, report: &mut Report) -> Result<()> {
    for number in 0..TEMPLATES {
        world.template(&format!("template-{number}"), on_demand()).await?;
    }
    let people = world.people("owner", OWNERS, server).await?;
    let start = Instant::now();
    let launches = stream::iter(people).map(launch_all).buffer_unordered(AT_ONCE);
    launches.try_collect::<()>().await?;
    world.tracker.until("all are ready", |it| ready(it) == OWNERS * OWN).await?;
    let took = start.elapsed();
    report.note(
        format!("{} launches, {AT_ONCE} people at a time, to all Ready", OWNERS * OWN),
        format!("{:.0} instances/s ({})", rate(OWNERS * OWN, took), ms(took)),
    );
    Ok(())
}

async fn launch_all(mut person: Person) -> Result<()> {
    for number in 0..OWN {
        let answer = person.client.get(&format!("/run/template-{number}")).await?;
        ensure!(answer.status.is_success(), "{}: {answer:?}", person.name);
    }
    Ok(())
}

fn ready(picture: &Picture) -> usize {
    picture.present().filter(|it| it.phase == Some(Phase::Ready)).count()
}

async fn idle(world: &World, report: &mut Report) -> Result<()> {
    let before = settled(world).await?;
    sleep(MINUTE).await;
    let writes = Writes::read(&world.kube).await?.since(&before);
    check_none(report, "writes in an idle minute, beside lease renewals", &writes);
    Ok(())
}

/// Twice: once left alone, to see what it writes, and once with somebody who launches at that very moment.
async fn restart(world: &World, server: &Server, report: &mut Report) -> Result<Program> {
    let before = settled(world).await?;
    let operator = world.operate()?;
    let writes = settled(world).await?.since(&before);
    check_none(report, "writes of an operator that starts", &writes);
    operator.stop().await?;

    let mut people = world.people("newcomer", 1, server).await?;
    let operator = world.operate()?;
    for person in &mut people {
        person.client.get(&format!("/run/{LAST}")).await?.json()?;
    }
    world.tracker.until("it is ready", |it| it.count(LAST, Phase::Ready) == 1).await?;
    let took = operator.started().elapsed();
    report.check(
        "start of an operator, until what was launched meanwhile is Ready",
        "≤ 2 s",
        ms(took),
        took <= milliseconds(2000),
    );
    Ok(operator)
}

fn check_none(report: &mut Report, what: &str, writes: &Writes) {
    let count = writes.total();
    let which = if count == 0 { String::new() } else { format!(" ({writes})") };
    report.check(format!("{what}, 1,000 instances"), "0", format!("{count}{which}"), count == 0);
}
