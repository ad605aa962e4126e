//! Which seats of a ledger have to be given back (`model/ledger.py`, `sweep`).

use jiff::{SignedDuration, Timestamp};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use resources::{DployInstance, Seat};

use crate::{RequeueAfter, after, instance::is_void, sooner, until};

/// How long a seat may wait for its instance, from when the operator first saw it wait.
const PATIENCE: SignedDuration = SignedDuration::from_secs(30);

/// What a live read says of a seat's instance.
#[derive(Debug, Clone, PartialEq)]
pub enum Occupant {
    /// There is none of that name.
    Absent,
    /// There is one.
    Present(Box<DployInstance>),
    /// There is one that is malformed.
    Unreadable {
        /// Whether it is being deleted.
        leaving: bool,
    },
}

/// A seat, its instance, and since when it waits for it.
#[derive(Debug, Clone, PartialEq)]
pub struct SeatSeen {
    pub seat: Seat,
    pub occupant: Occupant,
    pub waiting_since: Timestamp,
}

/// What to do about a seat.
#[derive(Debug, Clone, PartialEq)]
pub enum SeatMove {
    /// Its instance lives and is the owner's.
    Keep,
    /// Its writer may still come.
    Wait(RequeueAfter),
    /// Nobody can come any more.
    Free,
    /// A late writer has to fail first: a void instance takes the name.
    FenceThenFree,
    /// A late claim has to fail first: the member is deleted, on the version that was seen.
    DeleteThenFree(Box<ObjectMeta>),
}

/// Decides about one seat of the owner `key`.
pub fn judge(key: &str, seen: &SeatSeen, now: Timestamp) -> SeatMove {
    match &seen.occupant {
        Occupant::Absent if seen.seat.chosen_at.is_some() => SeatMove::Free,
        Occupant::Absent => patiently(seen, now, SeatMove::FenceThenFree),
        Occupant::Present(it) if it.metadata.deletion_timestamp.is_some() || is_void(it) => {
            SeatMove::Free
        }
        Occupant::Present(it) if it.spec.owner == key => SeatMove::Keep,
        Occupant::Present(it) if it.spec.owner.is_empty() => {
            patiently(seen, now, SeatMove::DeleteThenFree(Box::new(it.metadata.clone())))
        }
        Occupant::Present(_) | Occupant::Unreadable { leaving: true } => SeatMove::Free,
        Occupant::Unreadable { leaving: false } => SeatMove::Keep,
    }
}

fn patiently(seen: &SeatSeen, now: Timestamp, then: SeatMove) -> SeatMove {
    let over = after(seen.waiting_since, PATIENCE);
    if over <= now { then } else { SeatMove::Wait(Some(until(over, now))) }
}

/// When to look at a ledger again.
pub fn requeue_after(moves: &[SeatMove]) -> RequeueAfter {
    let waits = moves.iter().filter_map(|it| match it {
        SeatMove::Wait(wait) => Some(*wait),
        SeatMove::Keep | SeatMove::Free | SeatMove::FenceThenFree | SeatMove::DeleteThenFree(_) => {
            None
        }
    });
    waits.fold(None, sooner)
}

#[cfg(test)]
mod tests;
