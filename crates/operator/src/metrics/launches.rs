use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use jiff::{SignedDuration, Timestamp};
use kube::ResourceExt;
use resources::{DployInstance, DployInstanceStatus, Health, Phase};

use super::Metrics;
use crate::plan::{instance::is_void, until};

/// The API server tells the time of a creation without its fraction of a second: of an instance younger than this the first
/// sight of it is nearer to the truth.
const FRESH: SignedDuration = SignedDuration::from_secs(2);

/// The environments that are on their way to being healthy, and since when.
#[derive(Debug)]
pub(crate) struct Launches {
    underway: Mutex<HashMap<String, Timestamp>>,
    metrics: Metrics,
}

impl Launches {
    pub(crate) fn new(metrics: Metrics) -> Self {
        Self { underway: Mutex::default(), metrics }
    }

    /// An instance was looked at.
    pub(crate) fn seen(&self, instance: &DployInstance, now: Timestamp) {
        if instance.metadata.deletion_timestamp.is_some() {
            self.end(instance, "ended", now);
        } else if is_underway(instance) {
            self.underway().entry(instance.name_any()).or_insert_with(|| began(instance, now));
        }
    }

    /// A status was written.
    pub(crate) fn shown(
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

/// Whether somebody waits for it.
fn is_underway(instance: &DployInstance) -> bool {
    let phase = instance.status.as_ref().and_then(|status| status.phase);
    let starts = matches!(phase, None | Some(Phase::Pending | Phase::Provisioning));
    starts && !instance.spec.owner.is_empty() && !instance.spec.pooled && !is_void(instance)
}

fn began(instance: &DployInstance, now: Timestamp) -> Timestamp {
    let created = instance.metadata.creation_timestamp.as_ref().map_or(now, |at| at.0);
    if now.duration_since(created) < FRESH { now } else { created }
}

#[cfg(test)]
mod tests;
