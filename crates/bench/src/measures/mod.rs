//! What is measured. Each measure starts the processes that it needs, and leaves the namespace as empty as it found it.

mod claims;
mod deletes;
mod launches;
mod many;
mod races;
mod reads;
mod scale;
mod settled;
mod writes;

use std::{
    fmt::{self, Display},
    time::Duration,
};

use anyhow::Result;
use clap::ValueEnum;
use serde_json::{Value, json};

use crate::{report::Report, world::World};

/// A workload that is ready at once, and that a claim does not change: what a warm member is warm for.
pub(crate) const CONFIG_MAP: &str = "apiVersion: v1
kind: ConfigMap
metadata: { name: workload }
data: { uuid: {{ .UUID | quote }} }
";

/// How large some of the measures are.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Size {
    /// How many requests race against each other.
    pub(crate) requests: usize,
    /// How many instances there are when Dploy starts with many.
    pub(crate) many: usize,
}

/// One measure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Measure {
    /// What the API server itself takes, for scale
    Scale,
    /// Claims of warm members, one at a time
    Claim,
    /// Claims of warm members at once
    Claims,
    /// Writes to the API server per claim
    Writes,
    /// Launches on demand, one at a time
    Launch,
    /// Launches on demand, all at once
    Launches,
    /// Deletions, alone and at once
    Deletes,
    /// Requests that race against each other on three replicas
    Races,
    /// 1,000 settled instances: reads, an idle minute, a restart of the operator
    Settled,
    /// Start and memory, empty and with very many instances
    Many,
}

impl Measure {
    /// Takes it.
    pub(crate) async fn take(self, world: &World, size: Size, report: &mut Report) -> Result<()> {
        match self {
            Self::Scale => scale::measure(world, report).await,
            Self::Claim => claims::alone(world, report).await,
            Self::Claims => claims::at_once(world, report).await,
            Self::Writes => writes::measure(world, report).await,
            Self::Launch => launches::alone(world, report).await,
            Self::Launches => launches::at_once(world, report).await,
            Self::Deletes => deletes::measure(world, report).await,
            Self::Races => races::measure(world, size.requests, report).await,
            Self::Settled => settled::measure(world, report).await,
            Self::Many => many::measure(world, size.many, report).await,
        }
    }
}

impl Display for Measure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let value = self.to_possible_value();
        f.write_str(value.as_ref().map_or("", |value| value.get_name()))
    }
}

/// A template that is launched on demand.
fn on_demand() -> Value {
    json!({ "engine": "manifests", "manifests": CONFIG_MAP, "description": "A desk of one's own." })
}

/// A template with a warm pool; no more than `most` members, claimed ones too, unless that is 0.
fn pooled(size: usize, most: usize) -> Value {
    let mut template = on_demand();
    template["method"] = json!("pool");
    template["pool"] = json!({ "size": size, "maxSize": most });
    template
}

/// A duration in milliseconds.
fn ms(duration: Duration) -> String {
    let milliseconds = duration.as_secs_f64() * 1000.0;
    if milliseconds < 10.0 {
        format!("{milliseconds:.1} ms")
    } else {
        format!("{milliseconds:.0} ms")
    }
}

/// How many of something there were a second.
#[expect(clippy::cast_precision_loss, reason = "counts of a bench are far below 2^52")]
fn rate(count: usize, took: Duration) -> f64 {
    count as f64 / took.as_secs_f64()
}

const fn milliseconds(milliseconds: u64) -> Duration {
    Duration::from_millis(milliseconds)
}
