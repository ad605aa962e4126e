//! The teardown of a terminating instance. It needs neither the template nor a valid spec.

use std::time::Duration;

use jiff::Timestamp;
use resources::{DployInstance, DployInstanceStatus, EngineName, OrderRef, Phase, Reason};

use super::{NamespaceSeen, Observed, Seating, Step, Verdict, Workload};
use crate::{Ready, metadata, set_ready, until};

/// The shortest pause before a blocked teardown is tried again, in case no watch reports a change.
const MIN_RETRY_PAUSE: Duration = Duration::from_millis(500);
/// The longest such pause.
const MAX_RETRY_PAUSE: Duration = Duration::from_secs(30);

/// How long an engine may take to withdraw the workload before the namespace is deleted all the
/// same. Who may write in the namespace can delay a withdrawal for ever, by finalizers and hooks.
const WITHDRAWAL_PATIENCE: Duration = Duration::from_mins(2);

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
    if let (Some(order), Some(engine)) = (OrderRef::of(instance), engine(instance, observed)) {
        let namespace = Some(order.namespace.clone());
        let namespace = namespace.filter(|_| observed.namespace != NamespaceSeen::Foreign);
        let is_late = lasted(instance, now) >= WITHDRAWAL_PATIENCE;
        steps.extend(namespace.clone().filter(|_| is_late).map(Step::EndNamespace));
        steps.push(Step::Withdraw(engine, order));
        steps.extend(namespace.map(Step::CloseNamespace));
    }
    let seated = matches!(observed.seat, Seating::Held | Seating::Unread);
    steps.extend((!seated).then_some(Step::Release));
    let status = seated.then(|| {
        let ready = Ready::no(Reason::SeatHeld, "A seat of its owner still refers to it.");
        blocked(instance, ready, now)
    });
    Verdict { steps, status, requeue_after: seated.then(|| retry_pause(instance, now)) }
}

/// The engine that placed the workload, or may have done so without a status that says so. `None`:
/// nothing was placed.
fn engine(instance: &DployInstance, observed: &Observed) -> Option<EngineName> {
    let placed_by = instance.status.as_ref().and_then(|status| status.engine);
    let may_have = || observed.revision.as_ref().map(|it| it.engine);
    placed_by.or_else(|| may_have().filter(|_| !instance.spec.queued))
}

/// As long as the teardown has lasted already, within bounds. A slow crowd is polled rarely, and a
/// missed watch event at most doubles the duration of a teardown.
pub(super) fn retry_pause(instance: &DployInstance, now: Timestamp) -> Duration {
    lasted(instance, now).clamp(MIN_RETRY_PAUSE, MAX_RETRY_PAUSE)
}

/// How long the teardown has lasted.
fn lasted(instance: &DployInstance, now: Timestamp) -> Duration {
    let began = instance.metadata.deletion_timestamp.as_ref();
    began.map_or(Duration::ZERO, |began| until(now, began.0))
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
