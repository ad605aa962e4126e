//! The first step: observes the instances that the seats refer to. Reads only.

use kube::{ResourceExt, core::DeserializeGuard};
use ledger::{
    holder::belongs_to,
    seats::seats,
    standing::is_deleting,
    sweep::{Occupant, SeatSeen, SweepStep, decide},
};
use resources::{DployOwner, Seat};

use crate::{context::Reads, error::ReconcileError};

/// The seats that the sweep may free. A seat is left out if the cache has its instance, alive and
/// with this owner.
pub(super) async fn observe(
    reads: Reads<'_>,
    owner: &DployOwner,
) -> Result<Vec<SeatSeen>, ReconcileError> {
    let (key, now) = (owner.name_any(), reads.now());
    let doubtful: Vec<&Seat> =
        seats(owner).iter().filter(|seat| !is_occupied(reads, owner, seat)).collect();
    let since = reads.waiting_seats().since(&key, &doubtful, now);
    let mut seen = Vec::new();
    for (seat, waiting_since) in doubtful.into_iter().zip(since) {
        let seat = seat.clone();
        let cached = SeatSeen { occupant: cached(reads, &seat.instance), seat, waiting_since };
        seen.push(match decide(owner, &cached, now) {
            // Waiting changes nothing, so what the cache shows is enough.
            SweepStep::WaitUntil(_) => cached,
            _ => SeatSeen { occupant: occupant(reads, &cached.seat.instance).await?, ..cached },
        });
    }
    Ok(seen)
}

fn is_occupied(reads: Reads<'_>, owner: &DployOwner, seat: &Seat) -> bool {
    reads
        .mirrors()
        .instances
        .get(&seat.instance)
        .is_some_and(|instance| belongs_to(&instance, owner) && !is_deleting(&instance))
}

fn cached(reads: Reads<'_>, name: &str) -> Occupant {
    let found = reads.mirrors().instances.get(name);
    found.map_or(Occupant::Absent, |instance| Occupant::Present(Box::new(instance)))
}

/// Reads live: the cache may lag.
async fn occupant(reads: Reads<'_>, name: &str) -> Result<Occupant, ReconcileError> {
    Ok(match reads.instance(name).await? {
        None => Occupant::Absent,
        Some(DeserializeGuard(Ok(instance))) => Occupant::Present(Box::new(instance)),
        Some(DeserializeGuard(Err(invalid))) => {
            Occupant::Unreadable { deleting: invalid.metadata.deletion_timestamp.is_some() }
        }
    })
}
