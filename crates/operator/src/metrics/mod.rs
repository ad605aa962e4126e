//! The metrics of the controllers. Labels are kinds, fixed words, and the names of templates that
//! exist.

mod launches;
mod pools;

use std::time::Duration;

use kube::Resource;
use prometheus_client::{
    encoding::EncodeLabelSet,
    metrics::{counter::Counter, family::Family, gauge::Gauge, histogram::Histogram},
    registry::Registry,
};

pub(crate) use launches::Launches;
use pools::Pools;

use crate::mirrors::Mirrors;

/// In seconds. A reconcile takes a few calls to the API server, or none.
const RECONCILE_BUCKETS: [f64; 12] =
    [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0, 30.0];
/// In seconds: from a local process to a chart that pulls large images.
const LAUNCH_BUCKETS: [f64; 12] =
    [0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 120.0, 300.0, 900.0];

/// The metrics. Clones share them.
#[derive(Debug, Clone)]
pub(crate) struct Metrics {
    reconciles: Family<OfKind, Histogram>,
    errors: Family<OfKind, Counter>,
    launches: Family<Ended, Histogram>,
    leader: Gauge,
    leftovers: Family<OfKind, Counter>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OfKind {
    kind: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Ended {
    outcome: &'static str,
}

impl Default for Metrics {
    fn default() -> Self {
        Self {
            reconciles: Family::new_with_constructor(|| Histogram::new(RECONCILE_BUCKETS)),
            errors: Family::default(),
            launches: Family::new_with_constructor(|| Histogram::new(LAUNCH_BUCKETS)),
            leader: Gauge::default(),
            leftovers: Family::default(),
        }
    }
}

impl Metrics {
    pub(crate) fn register(&self, mirrors: &Mirrors, registry: &mut Registry) {
        registry.register(
            "dploy_reconcile_duration_seconds",
            "Duration of a reconcile of one object",
            self.reconciles.clone(),
        );
        registry.register(
            "dploy_reconcile_errors",
            "Reconciles that failed and are retried",
            self.errors.clone(),
        );
        registry.register(
            "dploy_launch_duration_seconds",
            "Time from the creation of an environment that came from no pool until it was healthy, failed or ended",
            self.launches.clone(),
        );
        registry.register(
            "dploy_leader",
            "Whether this replica leads: 1 or 0",
            self.leader.clone(),
        );
        registry.register(
            "dploy_leftovers_deleted",
            "Objects and processes that were deleted because their instance does not exist",
            self.leftovers.clone(),
        );
        registry.register_collector(Box::new(Pools(mirrors.clone())));
    }

    /// Records that an object of this kind was reconciled.
    pub(crate) fn reconciled<K: Resource<DynamicType = ()>>(&self, took: Duration) {
        self.reconciles.get_or_create(&OfKind::of::<K>()).observe(took.as_secs_f64());
    }

    /// Records that a reconcile failed.
    pub(crate) fn failed<K: Resource<DynamicType = ()>>(&self) {
        self.errors.get_or_create(&OfKind::of::<K>()).inc();
    }

    /// Records whether this replica leads.
    pub(crate) fn leads(&self, leads: bool) {
        self.leader.set(leads.into());
    }

    /// Records that a leftover was deleted.
    pub(crate) fn leftover_deleted(&self, kind: &str) {
        self.leftovers.get_or_create(&OfKind { kind: kind.to_owned() }).inc();
    }

    fn launched(&self, outcome: &'static str, took: Duration) {
        self.launches.get_or_create(&Ended { outcome }).observe(took.as_secs_f64());
    }
}

impl OfKind {
    fn of<K: Resource<DynamicType = ()>>() -> Self {
        Self { kind: K::plural(&()).into_owned() }
    }
}
