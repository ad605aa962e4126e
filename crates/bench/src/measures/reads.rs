//! Reads under load: 64 connections that ask again as soon as they are answered, from this process on the same cores.

use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use futures::future::try_join_all;

use super::{milliseconds, ms, rate};
use crate::{client::Client, program::Server, report::Report, statistics::Durations, world::World};

const CONNECTIONS: usize = 64;
const LOAD: Duration = Duration::from_secs(10);
const WARMING_UP: Duration = Duration::from_secs(1);

/// The catalog and the list of somebody, each with the rate to reach.
pub(super) async fn measure(
    world: &World,
    server: &Server,
    owner: &str,
    report: &mut Report,
) -> Result<()> {
    let token = world.token(owner)?;
    let catalog = load(server, "/api/environments/available", &token).await?;
    catalog.tell("catalog of 20 templates", 20_000.0, report);
    let list = load(server, "/api/environments", &token).await?;
    list.tell("list of 5 own, 1,000 others", 10_000.0, report);
    Ok(())
}

struct Load {
    took: Duration,
    answers: Durations,
}

impl Load {
    fn tell(&self, what: &str, least: f64, report: &mut Report) {
        let (rate, p99) = (rate(self.answers.count(), self.took), self.answers.p99());
        report.check(
            format!("{what}, {CONNECTIONS} connections"),
            &format!("≥ {least:.0} req/s, p99 ≤ 10 ms"),
            format!("{rate:.0} req/s, p50 {}, p99 {}", ms(self.answers.p50()), ms(p99)),
            rate >= least && p99 <= milliseconds(10),
        );
    }
}

async fn load(server: &Server, path: &str, token: &str) -> Result<Load> {
    ask_for(server, path, token, WARMING_UP).await?;
    let start = Instant::now();
    let answers = ask_for(server, path, token, LOAD).await?;
    Ok(Load { took: start.elapsed(), answers })
}

async fn ask_for(
    server: &Server,
    path: &str,
    token: &str,
    duration: Duration,
) -> Result<Durations> {
    let end = Instant::now() + duration;
    let asking = (0..CONNECTIONS).map(|_| {
        let (host, path, token) = (server.host().to_owned(), path.to_owned(), token.to_owned());
        // Each on a task of its own, so that all cores take part.
        tokio::spawn(async move {
            let mut client = Client::connect(&host, Some(&token)).await?;
            let mut answers = Vec::new();
            while Instant::now() < end {
                let answer = client.get(&path).await?;
                ensure!(answer.status.is_success(), "{answer:?}");
                answers.push(answer.took);
            }
            Ok(answers)
        })
    });
    let all = try_join_all(asking).await?.into_iter().collect::<Result<Vec<_>>>()?;
    Ok(all.into_iter().flatten().collect())
}
