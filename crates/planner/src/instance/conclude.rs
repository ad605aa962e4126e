//! What follows once the steps of a decision were carried out, or were blocked, or failed.

use jiff::Timestamp;
use resources::{DployInstance, DployInstanceStatus, Phase, Reason};

use super::{is_deleting, running, teardown, time};
use crate::{Event, Ready, RequeueAfter, ready_condition};

/// How far the steps were carried out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// All were.
    Done,
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
    /// Whether the new status gives the next reconcile nothing new to do before that time. It does
    /// if it says where the workload is to be placed, and after a failure, which has its own pause.
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
    let is_final = !matches!(outcome, Outcome::EngineFailed(_))
        && status.as_ref().map(placement) == instance.status.as_ref().map(placement);
    Conclusion { status, events, requeue_after, is_final }
}

/// Where the workload is to be placed, and by which engine.
fn placement(status: &DployInstanceStatus) -> impl PartialEq + use<> {
    (status.namespace.clone(), status.engine, status.uuid.clone())
}

fn events(instance: &DployInstance, status: &DployInstanceStatus) -> Vec<Event> {
    [event(instance, status), time::warning(instance, status)].into_iter().flatten().collect()
}

/// The Event of a new phase, or of another status of condition `Ready`.
fn event(instance: &DployInstance, status: &DployInstanceStatus) -> Option<Event> {
    let before = instance.status.as_ref();
    let was_ready = before.and_then(|it| ready_condition(&it.conditions)).map(|it| &*it.status);
    let (phase, ready) = (status.phase?, ready_condition(&status.conditions)?);
    let has_new_phase = Some(phase) != before.and_then(|status| status.phase);
    let dropped = was_ready == Some("True") && ready.status != "True";
    if !has_new_phase && !dropped && was_ready == Some(ready.status.as_str()) {
        return None;
    }
    let is_warning = phase == Phase::Failed || (dropped && phase != Phase::Expiring);
    let reason = if is_warning { Reason::from_word(&ready.reason)? } else { phase.into() };
    Some(Event { is_warning, reason, message: ready.message.clone() })
}

#[cfg(test)]
mod tests;
