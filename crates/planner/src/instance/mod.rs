//! What to do about one instance.

mod adopt;
mod conclude;
mod observed;
mod revision;
mod running;
mod step;
mod teardown;
mod time;
mod waiting;

use jiff::Timestamp;
use ledger::{
    orphan::{is_orphan, needs_seat, orphaned_at},
    queue::is_place,
    standing::{is_deleting, is_past_deadline, is_unclaimed},
    void::{is_void, void_ends_at},
};
use resources::{DployInstance, DployInstanceStatus};

use crate::{RequeueAfter, until};
pub use conclude::{Conclusion, Outcome, conclude};
pub use observed::{Connection, Current, Drafted, NamespaceSeen, Observed, Seating, Workload};
pub use step::{Adoption, DeleteReason, Step};

/// The decision about one instance.
#[derive(Debug, Clone, PartialEq)]
pub struct Verdict {
    /// The writes, in their order. A step that has to wait blocks the next ones.
    pub steps: Vec<Step>,
    /// The status to write; `None` keeps the old one.
    pub status: Option<DployInstanceStatus>,
    /// When to reconcile again.
    pub requeue_after: RequeueAfter,
}

impl Verdict {
    fn only(step: Step) -> Self {
        Self { steps: vec![step], status: None, requeue_after: None }
    }

    fn wait(requeue_after: RequeueAfter) -> Self {
        Self { steps: Vec::new(), status: None, requeue_after }
    }

    /// The verdict once its steps placed the workload, and `next` was decided on that. If that has
    /// steps of its own, what was placed is recorded before them.
    #[must_use]
    pub fn followed_by(mut self, next: Self, observed: &Observed) -> Self {
        if next.steps.is_empty() {
            return next;
        }
        if let (Some(status), Workload::Observed(state)) = (&mut self.status, &observed.workload) {
            status.placed = state.record.clone().or(status.placed.take());
        }
        Self { steps: next.steps, ..self }
    }

    fn show(status: DployInstanceStatus, requeue_after: RequeueAfter) -> Self {
        Self { steps: Vec::new(), status: Some(status), requeue_after }
    }
}

/// Decides about one instance.
#[must_use]
pub fn decide(
    instance: &DployInstance,
    observed: &Observed,
    drafted: &Drafted,
    now: Timestamp,
) -> Verdict {
    if is_deleting(instance) {
        return teardown::decide(instance, observed, now);
    }
    if is_void(instance) {
        return decide_void(instance, observed, now);
    }
    if let Some(reason) = reason_to_delete(instance, observed, now) {
        return Verdict::only(Step::Delete(reason));
    }
    if let Some(verdict) = adopt::decide(instance, observed, now) {
        return verdict;
    }
    if is_place(instance) {
        return waiting::decide(instance, observed, now);
    }
    match revision::of(instance, observed, now) {
        Ok(revision) => running::decide(instance, revision, observed, drafted, now),
        Err(verdict) => *verdict,
    }
}

fn decide_void(instance: &DployInstance, observed: &Observed, now: Timestamp) -> Verdict {
    match void_ends_at(instance) {
        Some(end) if end > now => Verdict::wait(Some(until(end, now))),
        // The sweep of the ledger removes the seat first. That write wakes this instance.
        _ if observed.seat == Seating::Held => Verdict::wait(None),
        _ => Verdict::only(Step::Delete(DeleteReason::VoidIsOver)),
    }
}

fn reason_to_delete(
    instance: &DployInstance,
    observed: &Observed,
    now: Timestamp,
) -> Option<DeleteReason> {
    if is_past_deadline(instance, now) {
        return Some(DeleteReason::Expired);
    }
    if (is_unclaimed(instance) || is_place(instance)) && observed.template_gone {
        return Some(DeleteReason::TemplateGone);
    }
    let orphan = observed.seat == Seating::Nowhere && is_orphan(instance, now);
    // The owner of a place got a member, and the seat names that. Nobody has lost anything.
    let reason = if is_place(instance) { DeleteReason::PlaceOver } else { DeleteReason::Orphaned };
    orphan.then_some(reason)
}

fn deadline(instance: &DployInstance) -> Option<Timestamp> {
    instance.spec.expires_at.as_ref().map(|it| it.0)
}

fn created(instance: &DployInstance) -> Option<Timestamp> {
    instance.metadata.creation_timestamp.as_ref().map(|it| it.0)
}

#[cfg(test)]
mod tests;
