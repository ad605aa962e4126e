//! Carries out the sweep: fences seats, then writes the record without the freed ones. Writes only.

use kube::ResourceExt;
use ledger::{
    seats::seats_except,
    sweep::{SeatSeen, SweepStep},
    void::void_instance,
};
use resources::{DployOwner, Seat};

use crate::{context::Writes, error::ReconcileError};

/// Fences the seats that need it, then writes the record once, on the version that was decided on.
/// The write fails if somebody added or replaced a seat meanwhile. Returns whether every fence
/// could be placed.
pub(super) async fn carry_out(
    writes: Writes<'_>,
    owner: &DployOwner,
    seen: &[SeatSeen],
    steps: &[SweepStep],
) -> Result<bool, ReconcileError> {
    let mut freed: Vec<&Seat> = Vec::new();
    let mut all_fenced = true;
    for (SeatSeen { seat, .. }, step) in seen.iter().zip(steps) {
        let free = match step {
            SweepStep::Keep | SweepStep::WaitUntil(_) => false,
            SweepStep::Free => true,
            SweepStep::FenceThenFree => {
                let fenced = fence(writes, seat).await?;
                all_fenced &= fenced;
                fenced
            }
            SweepStep::DeleteThenFree(member) => {
                writes.delete_instance(member).await?;
                true
            }
        };
        freed.extend(free.then_some(seat));
    }
    if !freed.is_empty() {
        write_without(writes, owner, &freed).await?;
    }
    Ok(all_fenced)
}

/// Creates the seat's void instance. Returns whether it could. If not, the name was taken after it
/// was read: the writer came after all, or a launch fenced the seat. The void instance of a launch
/// has no owner, so that its watch event does not wake this ledger.
async fn fence(writes: Writes<'_>, seat: &Seat) -> Result<bool, ReconcileError> {
    match writes.create_instance(&void_instance(seat), "fence a seat's instance").await {
        Err(error) if error.is_already_exists() => Ok(false),
        outcome => outcome.map(|()| true),
    }
}

async fn write_without(
    writes: Writes<'_>,
    owner: &DployOwner,
    freed: &[&Seat],
) -> Result<(), ReconcileError> {
    let mut updated = owner.clone();
    updated.status.get_or_insert_default().seats = seats_except(owner, freed);
    writes.replace_status(&updated, "write an owner's record").await?;
    tracing::info!(owner = owner.name_any(), seats = freed.len(), "freed seats");
    Ok(())
}
