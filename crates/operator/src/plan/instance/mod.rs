//! What to do about one instance.

mod adopt;
mod leave;
mod life;
mod step;

use jiff::{SignedDuration, Timestamp};
use kube::ResourceExt;
use resources::{DployInstance, DployInstanceStatus, meta};

use super::{LookAgain, after, until};
pub(crate) use leave::{patience, still_held};
pub(crate) use life::troubled;
pub(crate) use step::{
    Adoption, Connection, Farewell, Fresh, NamespaceSeen, Seating, Sighting, Step, Workload,
};

/// How long a void instance stands: longer than any request can live.
const VOID_LIFE: SignedDuration = SignedDuration::from_mins(10);
/// How long an instance of the server's may be without a seat: nothing in the protocol needs it, it spares a busy record.
const SEATLESS_LIFE: SignedDuration = SignedDuration::from_secs(30);

/// What to do, what to show, and when to look again.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Verdict {
    /// The writes, in this order; the first that has to wait holds up the rest.
    pub(crate) steps: Vec<Step>,
    /// The status to show; `None` leaves it alone.
    pub(crate) picture: Option<DployInstanceStatus>,
    /// When to look again.
    pub(crate) look_again: LookAgain,
}

impl Verdict {
    fn only(step: Step) -> Self {
        Self { steps: vec![step], picture: None, look_again: None }
    }

    fn wait(look_again: LookAgain) -> Self {
        Self { steps: Vec::new(), picture: None, look_again }
    }
}

/// Decides about one instance.
pub(crate) fn decide(instance: &DployInstance, seen: &Sighting, now: Timestamp) -> Verdict {
    if instance.metadata.deletion_timestamp.is_some() {
        return leave::tear_down(instance, seen, now);
    }
    if is_void(instance) {
        return void(instance, seen, now);
    }
    if let Some(why) = overdue(instance, seen, now) {
        return Verdict::only(Step::Delete(why));
    }
    match adopt::missing(instance, seen, now) {
        Some(verdict) => verdict,
        None => life::run(instance, seen, now),
    }
}

/// Whether it only fences a late writer.
pub(crate) fn is_void(instance: &DployInstance) -> bool {
    instance.labels().contains_key(meta::VOID)
}

/// Whether it waits in a pool for somebody.
pub(crate) fn is_unclaimed_member(instance: &DployInstance) -> bool {
    instance.spec.pooled && instance.spec.owner.is_empty() && !is_void(instance)
}

/// Whether a server made it, and so a seat has to hold it. What kubectl or an older Dploy made was adopted, and stays.
pub(crate) fn needs_a_seat(instance: &DployInstance) -> bool {
    let labelled = instance.labels().get(meta::MANAGED).is_some_and(|it| it == meta::TRUE);
    let adopted = instance.annotations().contains_key(meta::ADOPTED);
    labelled && !adopted && instance.spec.uuid.is_some() && !instance.spec.owner.is_empty()
}

fn void(instance: &DployInstance, seen: &Sighting, now: Timestamp) -> Verdict {
    let over = created(instance).map(|created| after(created, VOID_LIFE));
    match over {
        Some(over) if over > now => Verdict::wait(Some(until(over, now))),
        // The ledger's own sweep takes the seat away first, and that wakes this.
        _ if seen.seat == Seating::Held => Verdict::wait(None),
        _ => Verdict::only(Step::Delete(Farewell::VoidIsOver)),
    }
}

/// Why it has to go, if it has to.
fn overdue(instance: &DployInstance, seen: &Sighting, now: Timestamp) -> Option<Farewell> {
    if deadline(instance).is_some_and(|deadline| deadline <= now) {
        return Some(Farewell::Expired);
    }
    if is_unclaimed_member(instance) && seen.template_gone {
        return Some(Farewell::TemplateGone);
    }
    let orphan = seen.seat == Seating::Nowhere && needs_a_seat(instance);
    (orphan && seatless_since(instance) <= now).then_some(Farewell::Orphaned)
}

/// The end of its time.
fn deadline(instance: &DployInstance) -> Option<Timestamp> {
    instance.spec.expires_at.as_ref().map(|it| it.0)
}

fn created(instance: &DployInstance) -> Option<Timestamp> {
    instance.metadata.creation_timestamp.as_ref().map(|it| it.0)
}

/// From when on an instance without a seat is an orphan.
fn seatless_since(instance: &DployInstance) -> Timestamp {
    let claimed = instance.annotations().get(meta::CLAIMED_AT).and_then(|at| at.parse().ok());
    let began = claimed.max(created(instance)).unwrap_or(Timestamp::MIN);
    after(began, SEATLESS_LIFE)
}

/// Whether something follows from there being no seat: a deletion, or the end of one.
pub(crate) fn seat_matters(instance: &DployInstance, now: Timestamp) -> bool {
    let leaving = instance.metadata.deletion_timestamp.is_some();
    leaving || (needs_a_seat(instance) && seatless_since(instance) <= now)
}

#[cfg(test)]
mod tests;
