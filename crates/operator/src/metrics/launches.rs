//! Times launches: from the creation of an environment until it is healthy.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use jiff::{SignedDuration, Timestamp};
use kube::ResourceExt;
use ledger::void::is_void;
use planner::until;
use resources::{DployInstance, DployInstanceStatus, Health, Phase};

use super::Metrics;

/// Below this age, the time at which the operator first observed an instance is more exact than its
/// creation timestamp, which has no fraction of a second.
const MAX_AGE_OF_FIRST_OBSERVATION: SignedDuration = SignedDuration::from_secs(2);

/// The environments that start, and since when.
#[derive(Debug)]
pub(crate) struct Launches {
    underway: Mutex<HashMap<String, Timestamp>>,
    metrics: Metrics,
}

impl Launches {
    pub(crate) fn new(metrics: Metrics) -> Self {
        Self { underway: Mutex::default(), metrics }
    }

    /// Records that an instance was observed.
    pub(crate) fn observed(&self, instance: &DployInstance, now: Timestamp) {
        if instance.metadata.deletion_timestamp.is_some() {
            self.end(instance, "ended", now);
        } else if is_underway(instance) {
            self.underway().entry(instance.name_any()).or_insert_with(|| began(instance, now));
        }
    }

    /// Records that a status was written.
    pub(crate) fn status_written(
        &self,
        instance: &DployInstance,
        status: &DployInstanceStatus,
        now: Timestamp,
    ) {
        match (status.phase, status.health) {
            (Some(Phase::Ready), None | Some(Health::Healthy)) => {
                self.end(instance, "healthy", now);
            }
            (Some(Phase::Failed), _) => self.end(instance, "failed", now),
            _ => {}
        }
    }

    /// Forgets the environments for which `exists` is false.
    pub(crate) fn retain(&self, exists: impl Fn(&str) -> bool) {
        self.underway().retain(|name, _| exists(name));
    }

    fn end(&self, instance: &DployInstance, outcome: &'static str, now: Timestamp) {
        let began = self.underway().remove(&instance.name_any());
        if let Some(began) = began {
            self.metrics.launched(outcome, until(now, began));
        }
    }

    fn underway(&self) -> MutexGuard<'_, HashMap<String, Timestamp>> {
        self.underway.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether a user waits for the environment.
fn is_underway(instance: &DployInstance) -> bool {
    let phase = instance.status.as_ref().and_then(|status| status.phase);
    let starts = matches!(phase, None | Some(Phase::Pending | Phase::Provisioning));
    starts && !instance.spec.owner.is_empty() && !instance.spec.pooled && !is_void(instance)
}

fn began(instance: &DployInstance, now: Timestamp) -> Timestamp {
    let created = instance.metadata.creation_timestamp.as_ref().map_or(now, |at| at.0);
    if now.duration_since(created) < MAX_AGE_OF_FIRST_OBSERVATION { now } else { created }
}

#[cfg(test)]
mod tests;
