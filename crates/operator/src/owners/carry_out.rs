//! Carries out the sweep: fences seats, then writes the record without the freed ones. Writes only.

use kube::{ResourceExt, api::ObjectMeta};
use planner::seats::{SeatMove, SeatSeen};
use resources::{DployInstance, DployInstanceSpec, DployOwner, Seat, instance_labels, meta};

use crate::{context::Writes, error::ReconcileError};

/// Fences the seats that need it, then writes the record once, on the version that was decided on. The write fails if
/// somebody added or replaced a seat meanwhile.
pub(super) async fn carry_out<'a>(
    writes: Writes<'_>,
    owner: &DployOwner,
    moves: impl Iterator<Item = (&'a SeatSeen, SeatMove)>,
) -> Result<(), ReconcileError> {
    let mut freed: Vec<&Seat> = Vec::new();
    for (seen, decided) in moves {
        let free = match decided {
            SeatMove::Keep | SeatMove::Wait(_) => false,
            SeatMove::Free => true,
            SeatMove::FenceThenFree => fence(writes, &seen.seat).await?,
            SeatMove::DeleteThenFree(member) => {
                writes.delete_instance(&member).await?;
                true
            }
        };
        freed.extend(free.then_some(&seen.seat));
    }
    if freed.is_empty() { Ok(()) } else { write_without(writes, owner, &freed).await }
}

/// Creates the seat's void instance. Returns whether it could: if not, the instance was created after all, and its watch
/// event wakes this ledger again.
async fn fence(writes: Writes<'_>, seat: &Seat) -> Result<bool, ReconcileError> {
    match writes.create_instance(&void(seat), "fence a seat's instance").await {
        Err(error) if error.is_already_exists() => Ok(false),
        outcome => outcome.map(|()| true),
    }
}

fn void(seat: &Seat) -> DployInstance {
    let mut labels = instance_labels(&seat.template);
    labels.insert(meta::VOID.to_owned(), meta::TRUE.to_owned());
    DployInstance {
        metadata: ObjectMeta {
            name: Some(seat.instance.clone()),
            labels: Some(labels),
            ..ObjectMeta::default()
        },
        spec: DployInstanceSpec {
            template_ref: seat.template.clone(),
            uuid: Some(seat.uuid.clone()),
            ..DployInstanceSpec::default()
        },
        status: None,
    }
}

async fn write_without(
    writes: Writes<'_>,
    owner: &DployOwner,
    freed: &[&Seat],
) -> Result<(), ReconcileError> {
    let mut updated = owner.clone();
    if let Some(status) = &mut updated.status {
        status.seats.retain(|seat| !freed.contains(&seat));
    }
    writes.replace_status(&updated, "write an owner's record").await?;
    tracing::info!(owner = owner.name_any(), seats = freed.len(), "freed seats");
    Ok(())
}
