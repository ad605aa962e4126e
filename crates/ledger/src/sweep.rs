//! Sweep (docs/ledger.md, "Sweep"): which seats the operator frees.

use jiff::Timestamp;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use resources::{DployInstance, DployOwner, Seat};

use crate::{
    standing::{LateWriter, Standing, standing},
    timeouts::SEAT_SWEEP_DELAY,
    timestamps::later,
};

/// What a live read of a seat's instance returned.
#[derive(Debug, Clone, PartialEq)]
pub enum Occupant {
    /// There is no instance of that name.
    Absent,
    /// There is an instance.
    Present(Box<DployInstance>),
    /// There is an instance that cannot be deserialized.
    Unreadable {
        /// Whether the instance has a deletion timestamp.
        deleting: bool,
    },
}

/// A seat, its instance, and since when the seat waits for it.
#[derive(Debug, Clone, PartialEq)]
pub struct SeatSeen {
    /// The seat.
    pub seat: Seat,
    /// What its name stands for.
    pub occupant: Occupant,
    /// When the operator first saw the seat without its owner's instance. The seat's own age does
    /// not count: the clock of the replica that wrote it may be wrong.
    pub waiting_since: Timestamp,
}

/// What the sweep does about a seat.
#[derive(Debug, Clone, PartialEq)]
pub enum SweepStep {
    /// Keep the seat: its instance is the owner's.
    Keep,
    /// Look again at this time: the writer of the seat can still write the instance.
    WaitUntil(Timestamp),
    /// Free the seat: its writer can no longer write the instance.
    Free,
    /// Create the void instance of the seat, then free the seat.
    FenceThenFree,
    /// Delete the pool member on exactly this version, then free the seat.
    DeleteThenFree(Box<ObjectMeta>),
}

/// Decides about one seat of `record`, by its [`Standing`].
#[must_use]
pub fn decide(record: &DployOwner, seen: &SeatSeen, now: Timestamp) -> SweepStep {
    let instance = match &seen.occupant {
        Occupant::Absent => None,
        Occupant::Present(instance) => Some(&**instance),
        Occupant::Unreadable { deleting: true } => return SweepStep::Free,
        Occupant::Unreadable { deleting: false } => return SweepStep::Keep,
    };
    match (standing(&seen.seat, record, instance, now), instance) {
        (Standing::Lives | Standing::Expired, _) => SweepStep::Keep,
        (Standing::Unwritten(LateWriter::Creates), _) => {
            after_delay(seen, now, SweepStep::FenceThenFree)
        }
        (Standing::Unwritten(LateWriter::Claims), Some(member)) => {
            let delete = SweepStep::DeleteThenFree(Box::new(member.metadata.clone()));
            after_delay(seen, now, delete)
        }
        (Standing::Deleting | Standing::Vacant | Standing::Unwritten(LateWriter::Claims), _) => {
            SweepStep::Free
        }
    }
}

fn after_delay(seen: &SeatSeen, now: Timestamp, step: SweepStep) -> SweepStep {
    let due = later(seen.waiting_since, SEAT_SWEEP_DELAY);
    if due <= now { step } else { SweepStep::WaitUntil(due) }
}

/// When to look at a ledger again; `None` when no seat waits.
#[must_use]
pub fn next_look(steps: &[SweepStep]) -> Option<Timestamp> {
    let waits = steps.iter().filter_map(|step| match step {
        SweepStep::WaitUntil(due) => Some(*due),
        SweepStep::Keep
        | SweepStep::Free
        | SweepStep::FenceThenFree
        | SweepStep::DeleteThenFree(_) => None,
    });
    waits.min()
}

#[cfg(test)]
mod tests;
