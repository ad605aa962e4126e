//! A place in the queue of a pool: it has no workload until the pool's template releases it.

use jiff::Timestamp;
use ledger::orphan::{needs_seat, orphaned_at};
use resources::{DployInstance, Phase, Reason};

use super::{Observed, Seating, Verdict};
use crate::{Ready, set_ready, until};

pub(super) fn decide(instance: &DployInstance, observed: &Observed, now: Timestamp) -> Verdict {
    let mut status = instance.status.clone().unwrap_or_default();
    status.phase = Some(Phase::Pending);
    status.uuid.clone_from(&instance.spec.uuid);
    status.observed_generation = instance.metadata.generation;
    let ready = Ready::no(Reason::Queued, "It waits until the pool has room for it.");
    set_ready(&mut status.conditions, ready, instance.metadata.generation, now);
    let unseated = matches!(observed.seat, Seating::Unread | Seating::Nowhere);
    let orphaned = (unseated && needs_seat(instance)).then(|| until(orphaned_at(instance), now));
    Verdict::show(status, orphaned)
}
