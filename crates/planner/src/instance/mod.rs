//! What to do about one instance.

mod adopt;
mod conclude;
mod observed;
mod running;
mod step;
mod teardown;

use jiff::{SignedDuration, Timestamp};
use resources::{DployInstance, DployInstanceStatus, meta};

use crate::{RequeueAfter, after, metadata, until};
pub use conclude::{Conclusion, Outcome, conclude};
pub use observed::{Connection, Drafted, Fresh, NamespaceSeen, Observed, Seating, Workload};
pub use step::{Adoption, DeleteReason, Step};

/// How long a void instance stays: longer than any request can last.
const VOID_LIFETIME: SignedDuration = SignedDuration::from_mins(10);
/// How long an instance that a server created may be without a seat. The protocol does not need it; it saves reads of
/// busy owner records.
const SEATLESS_GRACE: SignedDuration = SignedDuration::from_secs(30);

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
    if is_terminating(instance) {
        return teardown::decide(instance, observed, now);
    }
    if is_void(instance) {
        return decide_void(instance, observed, now);
    }
    if let Some(reason) = reason_to_delete(instance, observed, now) {
        return Verdict::only(Step::Delete(reason));
    }
    match adopt::decide(instance, observed, drafted, now) {
        Some(verdict) => verdict,
        None => running::decide(instance, observed, drafted, now),
    }
}

/// Whether the instance only fences a late writer (docs/ledger.md, "Fence").
#[must_use]
pub fn is_void(instance: &DployInstance) -> bool {
    metadata::label(&instance.metadata, meta::VOID).is_some()
}

/// Whether the instance is a pool member that nobody claimed.
#[must_use]
pub fn is_unclaimed_member(instance: &DployInstance) -> bool {
    instance.spec.pooled && instance.spec.owner.is_empty() && !is_void(instance)
}

/// Whether the missing of a seat has consequences now: a deletion, or the end of a teardown.
#[must_use]
pub fn needs_live_seat_read(instance: &DployInstance, now: Timestamp) -> bool {
    is_terminating(instance) || (needs_a_seat(instance) && orphaned_from(instance) <= now)
}

/// Whether a server created the instance, so that a seat has to refer to it. An adopted instance needs no seat.
fn needs_a_seat(instance: &DployInstance) -> bool {
    let labelled = metadata::label(&instance.metadata, meta::MANAGED) == Some(meta::TRUE);
    let adopted = metadata::annotation(&instance.metadata, meta::ADOPTED).is_some();
    labelled && !adopted && instance.spec.uuid.is_some() && !instance.spec.owner.is_empty()
}

fn is_terminating(instance: &DployInstance) -> bool {
    instance.metadata.deletion_timestamp.is_some()
}

fn decide_void(instance: &DployInstance, observed: &Observed, now: Timestamp) -> Verdict {
    let over = created(instance).map(|created| after(created, VOID_LIFETIME));
    match over {
        Some(over) if over > now => Verdict::wait(Some(until(over, now))),
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
    if deadline(instance).is_some_and(|deadline| deadline <= now) {
        return Some(DeleteReason::Expired);
    }
    if is_unclaimed_member(instance) && observed.template_gone {
        return Some(DeleteReason::TemplateGone);
    }
    let seatless = observed.seat == Seating::Nowhere && needs_a_seat(instance);
    (seatless && orphaned_from(instance) <= now).then_some(DeleteReason::Orphaned)
}

fn deadline(instance: &DployInstance) -> Option<Timestamp> {
    instance.spec.expires_at.as_ref().map(|it| it.0)
}

fn created(instance: &DployInstance) -> Option<Timestamp> {
    instance.metadata.creation_timestamp.as_ref().map(|it| it.0)
}

/// From when on an instance without a seat is an orphan.
fn orphaned_from(instance: &DployInstance) -> Timestamp {
    let claimed = metadata::annotation(&instance.metadata, meta::CLAIMED_AT);
    let claimed = claimed.and_then(|at| at.parse().ok());
    let began = claimed.max(created(instance)).unwrap_or(Timestamp::MIN);
    after(began, SEATLESS_GRACE)
}

#[cfg(test)]
mod tests;
