//! Measures with 1,000 ready instances: reads, the writes without requests, and the start of an
//! operator.

use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use futures::{StreamExt as _, TryStreamExt as _, stream};
use resources::Phase;
use tokio::time::sleep;

use super::{milliseconds, ms, rate, reads, writes::wait_until_settled};
use crate::{counters::Writes, report::Report};
use harness::{DployProcess, Fixture, Instances, ServeProcess, User, templates};

/// The owner of the measured list, and 200 owners with 1,000 other environments.
const OWNERS: usize = 201;
/// The number of environments of each owner.
const PER_OWNER: usize = 5;
/// The number of templates in the catalog.
const TEMPLATES: usize = 20;
/// The template that is launched while an operator starts.
const LAUNCHED_AT_START: &str = "template-19";
/// The number of users that launch at the same time.
const MAX_CONCURRENT_USERS: usize = 32;
/// The duration in which writes are counted.
const IDLE_TIME: Duration = Duration::from_secs(60);

pub(super) async fn measure(fixture: &Fixture, report: &mut Report) -> Result<()> {
    let (server, operator) = (fixture.serve().await?, fixture.operate()?);
    launch_environments(fixture, &server, report).await?;
    wait_until_settled(fixture).await?;
    reads::measure(fixture, &server, "owner-0", report).await?;
    idle(fixture, report).await?;
    operator.stop().await?;
    let operator = restart(fixture, &server, report).await?;
    fixture.clear().await?;
    server.stop().await?;
    operator.stop().await
}

/// Every user launches five environments. Waits until all are Ready.
async fn launch_environments(
    fixture: &Fixture,
    server: &ServeProcess,
    report: &mut Report,
) -> Result<()> {
    for number in 0..TEMPLATES {
        fixture.template(&format!("template-{number}"), templates::on_demand()).await?;
    }
    let users = fixture.users("owner", OWNERS, server).await?;
    let start = Instant::now();
    let launches = stream::iter(users).map(launch_all).buffer_unordered(MAX_CONCURRENT_USERS);
    launches.try_collect::<()>().await?;
    fixture
        .instances
        .until("all instances are Ready", |it| ready_count(it) == OWNERS * PER_OWNER)
        .await?;
    let took = start.elapsed();
    report.note(
        format!(
            "{} launches, {MAX_CONCURRENT_USERS} users at a time, to all Ready",
            OWNERS * PER_OWNER
        ),
        format!("{:.0} instances/s ({})", rate(OWNERS * PER_OWNER, took), ms(took)),
    );
    Ok(())
}

async fn launch_all(mut user: User) -> Result<()> {
    for number in 0..PER_OWNER {
        let response = user.client.get(&format!("/run/template-{number}")).await?;
        ensure!(response.status.is_success(), "{}: {response:?}", user.name);
    }
    Ok(())
}

fn ready_count(instances: &Instances) -> usize {
    instances.existing().filter(|it| it.phase == Some(Phase::Ready)).count()
}

async fn idle(fixture: &Fixture, report: &mut Report) -> Result<()> {
    let before = wait_until_settled(fixture).await?;
    sleep(IDLE_TIME).await;
    let writes = Writes::read(&fixture.kube).await?.since(&before);
    check_none(report, "writes in an idle minute, beside lease renewals", &writes);
    Ok(())
}

/// Starts an operator twice: without requests, to count its writes, and with a concurrent launch.
async fn restart(
    fixture: &Fixture,
    server: &ServeProcess,
    report: &mut Report,
) -> Result<DployProcess> {
    let before = wait_until_settled(fixture).await?;
    let operator = fixture.operate()?;
    let writes = wait_until_settled(fixture).await?.since(&before);
    check_none(report, "writes of an operator that starts", &writes);
    operator.stop().await?;

    let mut users = fixture.users("newcomer", 1, server).await?;
    let operator = fixture.operate()?;
    for user in &mut users {
        user.client.get(&format!("/run/{LAUNCHED_AT_START}")).await?.json()?;
    }
    fixture
        .instances
        .until("the instance is Ready", |it| it.count(LAUNCHED_AT_START, Phase::Ready) == 1)
        .await?;
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
