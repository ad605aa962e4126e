//! The measures. Each starts the processes that it needs, and deletes what it created.

mod claims;
mod deletes;
mod launches;
mod many;
mod races;
mod reads;
mod scale;
mod settled;
mod writes;

use std::time::Duration;

use anyhow::Result;
use harness::Fixture;

use crate::{
    measure::{Measure, Size},
    report::Report,
};

/// Runs one measure and adds its figures to `report`.
pub(crate) async fn run(
    measure: Measure,
    fixture: &Fixture,
    size: Size,
    report: &mut Report,
) -> Result<()> {
    match measure {
        Measure::Scale => scale::measure(fixture, report).await,
        Measure::Claim => claims::sequential(fixture, report).await,
        Measure::Claims => claims::concurrent(fixture, report).await,
        Measure::Writes => writes::measure(fixture, report).await,
        Measure::Launch => launches::sequential(fixture, report).await,
        Measure::Launches => launches::concurrent(fixture, report).await,
        Measure::Deletes => deletes::measure(fixture, report).await,
        Measure::Races => races::measure(fixture, size.requests, report).await,
        Measure::Settled => settled::measure(fixture, report).await,
        Measure::Many => many::measure(fixture, size.many, report).await,
    }
}

/// Formats a duration in milliseconds.
fn ms(duration: Duration) -> String {
    let milliseconds = duration.as_secs_f64() * 1000.0;
    if milliseconds < 10.0 {
        format!("{milliseconds:.1} ms")
    } else {
        format!("{milliseconds:.0} ms")
    }
}

/// `count` per second.
#[expect(clippy::cast_precision_loss, reason = "counts of a bench are far below 2^52")]
fn rate(count: usize, took: Duration) -> f64 {
    count as f64 / took.as_secs_f64()
}

const fn milliseconds(milliseconds: u64) -> Duration {
    Duration::from_millis(milliseconds)
}
