//! Reads under load: 64 connections that send the next request after each response. The load comes
//! from this process, on the same cores.

use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use futures::future::try_join_all;

use super::{milliseconds, ms, rate};
use crate::report::Report;
use harness::{Client, Durations, Fixture, ServeProcess};

const CONNECTIONS: usize = 64;
/// The duration of the measured load.
const LOAD_DURATION: Duration = Duration::from_secs(10);
/// The duration of the load before the measurement.
const WARM_UP_DURATION: Duration = Duration::from_secs(1);

/// Measures the catalog and the list of `owner`, each against a target rate.
pub(super) async fn measure(
    fixture: &Fixture,
    server: &ServeProcess,
    owner: &str,
    report: &mut Report,
) -> Result<()> {
    let token = fixture.token(owner)?;
    let catalog = load(server, "/api/environments/available", &token).await?;
    catalog.report("catalog of 20 templates", 20_000.0, report);
    let list = load(server, "/api/environments", &token).await?;
    list.report("list of 5 own, 1,000 others", 10_000.0, report);
    Ok(())
}

struct Load {
    took: Duration,
    answers: Durations,
}

impl Load {
    fn report(&self, what: &str, min_rate: f64, report: &mut Report) {
        let (rate, p99) = (rate(self.answers.count(), self.took), self.answers.p99());
        report.check(
            format!("{what}, {CONNECTIONS} connections"),
            &format!("≥ {min_rate:.0} req/s, p99 ≤ 10 ms"),
            format!("{rate:.0} req/s, p50 {}, p99 {}", ms(self.answers.p50()), ms(p99)),
            rate >= min_rate && p99 <= milliseconds(10),
        );
    }
}

async fn load(server: &ServeProcess, path: &str, token: &str) -> Result<Load> {
    send_requests(server, path, token, WARM_UP_DURATION).await?;
    let start = Instant::now();
    let answers = send_requests(server, path, token, LOAD_DURATION).await?;
    Ok(Load { took: start.elapsed(), answers })
}

async fn send_requests(
    server: &ServeProcess,
    path: &str,
    token: &str,
    duration: Duration,
) -> Result<Durations> {
    let end = Instant::now() + duration;
    let connections = (0..CONNECTIONS).map(|_| {
        let (host, path, token) = (server.host().to_owned(), path.to_owned(), token.to_owned());
        // One task per connection uses all cores.
        tokio::spawn(async move {
            let mut client = Client::connect(&host, Some(&token)).await?;
            let mut answers = Vec::new();
            while Instant::now() < end {
                let response = client.get(&path).await?;
                ensure!(response.status.is_success(), "{response:?}");
                answers.push(response.took);
            }
            Ok(answers)
        })
    });
    let all = try_join_all(connections).await?.into_iter().collect::<Result<Vec<_>>>()?;
    Ok(all.into_iter().flatten().collect())
}
