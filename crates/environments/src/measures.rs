//! What Prometheus learns of the rules. The labels are words of this module, so that nobody's request makes a new series.

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

use crate::{Refusal, RefusalKind, cache::Cache, ledger::seats};

/// Around the claims that DESIGN asks for: 12 ms alone, a second in a crowd of 300.
const CLAIM_BUCKETS: [f64; 12] =
    [0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0];

/// Whether a launch made something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum News {
    /// A new environment.
    Launched,
    /// The owner had it already.
    Existing,
}

/// What is counted and timed while requests are served.
#[derive(Debug, Clone)]
pub(crate) struct Measures {
    claims: Family<Ended, Histogram>,
    stream_clients: Gauge,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Ended {
    outcome: &'static str,
}

impl Default for Measures {
    fn default() -> Self {
        let histogram = || Histogram::new(CLAIM_BUCKETS);
        Self { claims: Family::new_with_constructor(histogram), stream_clients: Gauge::default() }
    }
}

impl Measures {
    pub(crate) fn register(&self, cache: &Arc<Cache>, registry: &mut Registry) {
        registry.register(
            "dploy_claim_duration_seconds",
            "How long requests for an environment from a pool took, by how they ended",
            self.claims.clone(),
        );
        registry.register(
            "dploy_stream_clients",
            "Who listens to the list of their environments",
            self.stream_clients.clone(),
        );
        registry.register_collector(Box::new(Seats(Arc::downgrade(cache))));
    }

    /// A request for an environment from a pool was answered.
    pub(crate) fn claim(&self, took: Duration, how: Result<News, &Refusal>) {
        let outcome = match how {
            Ok(News::Launched) => "claimed",
            Ok(News::Existing) => "existing",
            Err(Refusal::PoolEmpty) => "empty",
            Err(refusal) => match refusal.kind() {
                RefusalKind::Unavailable | RefusalKind::Internal => "failed",
                RefusalKind::BadRequest
                | RefusalKind::Forbidden
                | RefusalKind::NotFound
                | RefusalKind::Conflict => "refused",
            },
        };
        self.claims.get_or_create(&Ended { outcome }).observe(took.as_secs_f64());
    }

    /// Counts somebody who listens, until the value is dropped.
    pub(crate) fn stream_client(&self) -> Counted {
        self.stream_clients.inc();
        Counted(self.stream_clients.clone())
    }
}

/// Somebody who listens.
#[derive(Debug)]
pub(crate) struct Counted(Gauge);

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.dec();
    }
}

/// Counts the seats of all owners when it is asked. Weak: being measured alone does not keep a server going.
#[derive(Debug)]
struct Seats(Weak<Cache>);

impl Collector for Seats {
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
