//! The teardown of a terminating instance. It needs neither the template nor a valid spec.

use std::time::Duration;

use jiff::Timestamp;
use resources::{DployInstance, DployInstanceStatus, OrderRef, Phase, Reason};

use super::{NamespaceSeen, Observed, Seating, Step, Verdict, Workload};
use crate::{Ready, metadata, set_ready, until};

/// The shortest pause before a blocked teardown is tried again, in case no watch reports a change.
const MIN_RETRY_PAUSE: Duration = Duration::from_millis(500);
/// The longest such pause.
const MAX_RETRY_PAUSE: Duration = Duration::from_secs(30);

/// Withdraws the workload, closes the namespace and releases the instance. Each step waits for the
/// one before.
pub(super) fn decide(instance: &DployInstance, observed: &Observed, now: Timestamp) -> Verdict {
    if !metadata::has_our_finalizer(&instance.metadata) {
        return Verdict::wait(None);
    }
    if let Some(ready) = blocked_by_engine(instance, observed) {
        return Verdict::show(blocked(instance, ready, now), Some(retry_pause(instance, now)));
    }
    let mut steps = Vec::new();
    if let Some(status) = &instance.status
        && let (Some(order), Some(engine)) = (OrderRef::of(instance), status.engine)
    {
        let namespace = order.namespace.clone();
        steps.push(Step::Withdraw(engine, order));
        if observed.namespace != NamespaceSeen::Foreign {
            steps.push(Step::CloseNamespace(namespace));
        }
    }
    let seated = matches!(observed.seat, Seating::Held | Seating::Unread);
    steps.extend((!seated).then_some(Step::Release));
    let status = seated.then(|| {
        let ready = Ready::no(Reason::SeatHeld, "A seat of its owner still refers to it.");
        blocked(instance, ready, now)
    });
    Verdict { steps, status, requeue_after: seated.then(|| retry_pause(instance, now)) }
}

/// As long as the teardown has lasted already, within bounds. A slow crowd is polled rarely, and a
/// missed watch event at most doubles the duration of a teardown.
pub(super) fn retry_pause(instance: &DployInstance, now: Timestamp) -> Duration {
    let began = instance.metadata.deletion_timestamp.as_ref();
    began.map_or(MIN_RETRY_PAUSE, |began| {
        until(now, began.0).clamp(MIN_RETRY_PAUSE, MAX_RETRY_PAUSE)
    })
}

/// Only the engine that placed a workload can withdraw it.
fn blocked_by_engine(instance: &DployInstance, observed: &Observed) -> Option<Ready> {
    let placed = instance.status.as_ref().is_some_and(|it| it.namespace.is_some());
    match &observed.workload {
        Workload::NoEngine(engine) if placed => {
            let message = format!(
                "It was placed by engine {}, which this Dploy does not have.",
                engine.as_str()
            );
            Some(Ready::no(Reason::EngineNotEnabled, message))
        }
        _ => None,
    }
}

/// The status of an instance whose teardown is blocked.
pub(super) fn blocked(
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
