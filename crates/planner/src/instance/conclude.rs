//! What follows once the steps of a decision were carried out, or were blocked, or failed.

use jiff::Timestamp;
use resources::{DployInstance, DployInstanceStatus, ObjectAddress, Phase, Reason};

use super::{is_deleting, running, teardown, time};
use crate::{Event, Ready, RequeueAfter, ready_condition};

/// How far the steps were carried out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// All were.
    Done,
    /// All were, and what was placed gives the next steps at once.
    Again,
    /// These objects have to be recorded before they are placed.
    Unrecorded(Vec<ObjectAddress>),
    /// A step has to wait, for the reason given.
    Blocked(Ready),
    /// An engine failed; the text says how, without a full stop.
    EngineFailed(String),
}

/// What to write and when to reconcile again.
#[derive(Debug, Clone, PartialEq)]
pub struct Conclusion {
    /// The status to write; `None` when it would change nothing.
    pub status: Option<DployInstanceStatus>,
    /// The Events to publish after the status was written.
    pub events: Vec<Event>,
    /// When to reconcile again.
    pub requeue_after: RequeueAfter,
    /// Whether the next reconcile has nothing to do before that time. After a failure it has its
    /// own pause.
    pub is_final: bool,
}

/// Concludes a reconcile whose decision gave `status` and `requeue_after`. The status of an
/// instance that is not
/// `readable` is never written: the typed object lacks what the API server has.
#[must_use]
pub fn conclude(
    instance: &DployInstance,
    status: Option<DployInstanceStatus>,
    requeue_after: RequeueAfter,
    outcome: &Outcome,
    readable: bool,
    now: Timestamp,
) -> Conclusion {
    let (status, requeue_after) = match outcome {
        Outcome::Done => (status, requeue_after),
        // The watch event of this write wakes the instance. An earlier decision would be made on an
        // outdated version.
        Outcome::Again => (status, None),
        Outcome::Unrecorded(outside) => {
            let mut status = status.or_else(|| instance.status.clone()).unwrap_or_default();
            let placed = status.placed.unwrap_or_default();
            status.placed = Some(placed.recording(outside));
            (Some(status), None)
        }
        Outcome::Blocked(ready) => {
            let pause = Some(teardown::retry_pause(instance, now));
            let blocked = || teardown::blocked(instance, ready.clone(), now);
            (is_deleting(instance).then(blocked).or(status), pause)
        }
        Outcome::EngineFailed(how) => {
            let ready = Ready::no(Reason::EngineFailed, format!("The engine {how}."));
            (Some(running::engine_failed(instance, status, ready, now)), requeue_after)
        }
    };
    let status = status.filter(|it| readable && Some(it) != instance.status.as_ref());
    let events = status.as_ref().map(|status| events(instance, status)).unwrap_or_default();
    let is_final = matches!(outcome, Outcome::Done | Outcome::Blocked(_));
    Conclusion { status, events, requeue_after, is_final }
}

fn events(instance: &DployInstance, status: &DployInstanceStatus) -> Vec<Event> {
    [event(instance, status), time::warning(instance, status)].into_iter().flatten().collect()
}

/// The Event of a failure, of a workload that is no longer ready, or of the teardown. Conditions
/// alone report the happy path.
fn event(instance: &DployInstance, status: &DployInstanceStatus) -> Option<Event> {
    let before = instance.status.as_ref();
    let was_ready = before.and_then(|it| ready_condition(&it.conditions)).map(|it| &*it.status);
    let (phase, ready) = (status.phase?, ready_condition(&status.conditions)?);
    let has_new_phase = Some(phase) != before.and_then(|status| status.phase);
    let ends = has_new_phase && phase == Phase::Expiring;
    let dropped = was_ready == Some("True") && ready.status != "True";
    let is_warning =
        (has_new_phase && phase == Phase::Failed) || (dropped && phase != Phase::Expiring);
    if !is_warning && !ends {
        return None;
    }
    let reason = if is_warning { Reason::from_word(&ready.reason)? } else { phase.into() };
    Some(Event { is_warning, reason, message: ready.message.clone() })
}

#[cfg(test)]
mod tests;
