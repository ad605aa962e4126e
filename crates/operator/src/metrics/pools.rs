//! The metric that counts the members of pools.

use std::{collections::HashMap, fmt};

use kube::ResourceExt;
use planner::pool::{Member, Standing};
use prometheus_client::{
    collector::Collector,
    encoding::{DescriptorEncoder, EncodeMetric},
    metrics::{MetricType, gauge::ConstGauge},
};

use resources::Method;

use crate::mirrors::Mirrors;

/// The label of every standing, by its index in [`Counts`].
const STATES: [&str; 5] = ["starting", "available", "failed", "claimed", "leaving"];

type Counts = [i64; STATES.len()];

/// Counts the members of each pool at every scrape, so that a deleted template has no series.
#[derive(Debug)]
pub(super) struct Pools(pub(super) Mirrors);

impl Collector for Pools {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> Result<(), fmt::Error> {
        let pools = self.count();
        if pools.is_empty() {
            return Ok(());
        }
        let mut encoder = encoder.encode_descriptor(
            "dploy_pool_members",
            "Members of the pool of a template",
            None,
            MetricType::Gauge,
        )?;
        for (template, counts) in &pools {
            for (state, count) in STATES.iter().zip(counts) {
                let labels = [("template", template.as_str()), ("state", state)];
                ConstGauge::new(*count).encode(encoder.encode_family(&labels)?)?;
            }
        }
        Ok(())
    }
}

impl Pools {
    fn count(&self) -> HashMap<String, Counts> {
        let pooled = self.0.templates.pick(|template| {
            (template.spec.method == Method::Pool).then(|| (template.name_any(), Counts::default()))
        });
        let mut pools = HashMap::from_iter(pooled);
        // It does not matter here whether a member is current.
        let members = self.0.instances.pick(|instance| {
            Some((instance.spec.template_ref.clone(), Member::of(instance, true)?.standing))
        });
        for (template, standing) in members {
            if let Some(counts) = pools.get_mut(&template) {
                counts[index(standing)] += 1;
            }
        }
        pools
    }
}

const fn index(standing: Standing) -> usize {
    match standing {
        Standing::Starting => 0,
        Standing::Ready => 1,
        Standing::Failed { .. } => 2,
        Standing::Claimed => 3,
        Standing::Terminating { .. } => 4,
    }
}
