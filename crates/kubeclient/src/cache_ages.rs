//! The metric `dploy_cache_age_seconds`: the time since the last sign of life of each watch that
//! keeps a mirror.

use std::fmt;

use prometheus_client::{
    collector::Collector,
    encoding::{DescriptorEncoder, EncodeMetric as _},
    metrics::{MetricType, gauge::ConstGauge},
};

use crate::Vitals;

/// The watches of one cache, by the plural of their kind. An idle watch gets a bookmark about every
/// minute.
#[derive(Debug, Clone)]
pub struct CacheAges(pub Vec<(&'static str, Vitals)>);

impl Collector for CacheAges {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> Result<(), fmt::Error> {
        let mut encoder = encoder.encode_descriptor(
            "dploy_cache_age_seconds",
            "Time since the last message of the watch that keeps a mirror up to date",
            None,
            MetricType::Gauge,
        )?;
        for (kind, vitals) in &self.0 {
            let age = ConstGauge::new(vitals.quiet_for().as_secs_f64());
            age.encode(encoder.encode_family(&[("kind", *kind)])?)?;
        }
        Ok(())
    }
}
