//! The metrics of the operations. Every label value is a word of this module, so that no request
//! creates a time series.

use std::{
    fmt,
    sync::{Arc, Weak},
    time::Duration,
};

use prometheus_client::{
    collector::Collector,
    encoding::{DescriptorEncoder, EncodeLabelSet, EncodeMetric},
    metrics::{
        MetricType,
        family::Family,
        gauge::{ConstGauge, Gauge},
        histogram::Histogram,
    },
    registry::Registry,
};

use ledger::seats::seats;

use crate::{Refusal, RefusalKind, cache::Cache};

/// Seconds. A claim takes 12 ms alone and about a second among 300.
const CLAIM_BUCKETS: [f64; 12] =
    [0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0];

/// What a launch did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LaunchOutcome {
    /// The launch created or claimed an environment.
    Launched,
    /// The launch took a place in the queue of a pool.
    Queued,
    /// The owner had the environment already.
    Existing,
}

/// The metrics that requests update.
#[derive(Debug, Clone)]
pub(crate) struct Metrics {
    claims: Family<ClaimLabels, Histogram>,
    stream_clients: Gauge,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ClaimLabels {
    outcome: &'static str,
}

impl Default for Metrics {
    fn default() -> Self {
        let histogram = || Histogram::new(CLAIM_BUCKETS);
        Self { claims: Family::new_with_constructor(histogram), stream_clients: Gauge::default() }
    }
}

impl Metrics {
    pub(crate) fn register(&self, cache: &Arc<Cache>, registry: &mut Registry) {
        registry.register(
            "dploy_claim_duration_seconds",
            "Duration of requests for an environment from a pool, by outcome",
            self.claims.clone(),
        );
        registry.register(
            "dploy_stream_clients",
            "Open event streams of environment lists",
            self.stream_clients.clone(),
        );
        registry.register_collector(Box::new(SeatCollector(Arc::downgrade(cache))));
        registry.register_collector(Box::new(cache.ages()));
    }

    /// Records a finished request for an environment from a pool.
    pub(crate) fn claim(&self, took: Duration, how: Result<LaunchOutcome, &Refusal>) {
        let outcome = match how {
            Ok(LaunchOutcome::Launched) => "claimed",
            Ok(LaunchOutcome::Queued) => "queued",
            Ok(LaunchOutcome::Existing) => "existing",
            Err(Refusal::PoolEmpty { .. }) => "empty",
            Err(refusal) => match refusal.kind() {
                RefusalKind::Unavailable | RefusalKind::Internal => "failed",
                RefusalKind::BadRequest
                | RefusalKind::Unauthorized
                | RefusalKind::Forbidden
                | RefusalKind::NotFound
                | RefusalKind::Conflict
                | RefusalKind::TooMany => "refused",
            },
        };
        self.claims.get_or_create(&ClaimLabels { outcome }).observe(took.as_secs_f64());
    }

    /// Counts an open event stream until the value is dropped.
    pub(crate) fn stream_client(&self) -> StreamClient {
        self.stream_clients.inc();
        StreamClient(self.stream_clients.clone())
    }
}

/// An open event stream.
#[derive(Debug)]
pub(crate) struct StreamClient(Gauge);

impl Drop for StreamClient {
    fn drop(&mut self) {
        self.0.dec();
    }
}

/// Counts the seats of all owners at each scrape. Weak: a registry alone does not keep the watches
/// of the cache running.
#[derive(Debug)]
struct SeatCollector(Weak<Cache>);

impl Collector for SeatCollector {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> Result<(), fmt::Error> {
        let Some(cache) = self.0.upgrade() else { return Ok(()) };
        let taken: usize = cache.owners.all().iter().map(|owner| seats(owner).len()).sum();
        let encoder = encoder.encode_descriptor(
            "dploy_seats",
            "Environments that count against a quota",
            None,
            MetricType::Gauge,
        )?;
        ConstGauge::new(i64::try_from(taken).unwrap_or(i64::MAX)).encode(encoder)
    }
}
