//! An instance on its way out. Needs neither the template nor a valid spec.

use std::time::Duration;

use jiff::Timestamp;
use kube::ResourceExt;
use resources::{DployInstance, DployInstanceStatus, Phase, meta};

use super::{NamespaceSeen, Seating, Sighting, Step, Verdict, Workload};
use crate::{
    engines::OrderRef,
    plan::{Ready, set_ready, until},
};

/// How long to wait for what holds it up, in case nobody speaks up: at least, and at most.
const PATIENCE: (Duration, Duration) = (Duration::from_millis(500), Duration::from_secs(30));

/// Withdraw, close, release: each waits for the one before.
pub(super) fn tear_down(instance: &DployInstance, seen: &Sighting, now: Timestamp) -> Verdict {
    if !instance.finalizers().iter().any(|it| it == meta::FINALIZER) {
        return Verdict::wait(None);
    }
    if let Some(ready) = stuck(instance, seen) {
        let picture = Some(still_held(instance, ready, now));
        return Verdict { steps: Vec::new(), picture, look_again: Some(patience(instance, now)) };
    }
    let mut steps = Vec::new();
    if let Some(status) = &instance.status
        && let (Some(namespace), Some(engine)) = (&status.namespace, status.engine)
    {
        steps.push(Step::Withdraw(engine, reference(instance, namespace)));
        if seen.namespace != NamespaceSeen::Foreign {
            steps.push(Step::CloseNamespace(namespace.clone()));
        }
    }
    let seated = seen.seat == Seating::Held;
    steps.extend((!seated).then_some(Step::Release));
    let picture = seated.then(|| {
        let ready = Ready::no("SeatHeld", "The seat of its owner still names it.");
        still_held(instance, ready, now)
    });
    Verdict { steps, picture, look_again: seated.then(|| patience(instance, now)) }
}

/// As long as the teardown has lasted already: a crowd that takes long is not asked for all the time, and a change that nobody
/// tells of never makes it last more than twice as long.
pub(crate) fn patience(instance: &DployInstance, now: Timestamp) -> Duration {
    let (least, most) = PATIENCE;
    let began = instance.metadata.deletion_timestamp.as_ref();
    began.map_or(least, |began| until(now, began.0).clamp(least, most))
}

/// Nothing can be withdrawn without the engine that placed it.
fn stuck(instance: &DployInstance, seen: &Sighting) -> Option<Ready> {
    let placed = instance.status.as_ref().is_some_and(|it| it.namespace.is_some());
    match &seen.workload {
        Workload::NoEngine(engine) if placed => {
            let message = format!(
                "It was placed by engine {}, which this Dploy does not have.",
                engine.as_str()
            );
            Some(Ready::no("EngineNotEnabled", message))
        }
        _ => None,
    }
}

fn reference(instance: &DployInstance, namespace: &str) -> OrderRef {
    let told = instance.status.as_ref().and_then(|status| status.uuid.clone());
    OrderRef {
        instance: instance.name_any(),
        uuid: instance.spec.uuid.clone().or(told).unwrap_or_default(),
        namespace: namespace.to_owned(),
    }
}

/// The status of an instance whose teardown waits for something.
pub(crate) fn still_held(
    instance: &DployInstance,
    ready: Ready,
    now: Timestamp,
) -> DployInstanceStatus {
    let mut status = instance.status.clone().unwrap_or_default();
    status.phase = Some(Phase::Expiring);
    status.observed_generation = instance.metadata.generation;
    set_ready(&mut status.conditions, ready, instance.metadata.generation, now);
    status
}
