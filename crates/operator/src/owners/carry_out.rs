//! Writes only: fences, and the record without the seats that were given back.

use kube::{
    ResourceExt,
    api::{ObjectMeta, PostParams},
};
use resources::{DployInstance, DployInstanceSpec, DployOwner, Seat, instance_labels, meta};

use crate::{
    context::Context,
    error::{Doing, ReconcileError, is_already_exists},
    plan::seats::{SeatMove, SeatSeen},
};

/// Fences where that was decided, then writes the record once, on the version that the decisions were made on: seats that
/// somebody took or replaced meanwhile make that write fail.
pub(super) async fn carry_out<'a>(
    context: &Context,
    owner: &DployOwner,
    moves: impl Iterator<Item = (&'a SeatSeen, SeatMove)>,
) -> Result<(), ReconcileError> {
    let mut freed: Vec<&Seat> = Vec::new();
    for (seen, decided) in moves {
        let free = match decided {
            SeatMove::Keep | SeatMove::Wait(_) => false,
            SeatMove::Free => true,
            SeatMove::FenceThenFree => fence(context, &seen.seat).await?,
            SeatMove::DeleteThenFree(member) => {
                context.leadership.check()?;
                context.delete_instance(&member).await?;
                true
            }
        };
        freed.extend(free.then_some(&seen.seat));
    }
    if freed.is_empty() { Ok(()) } else { write_without(context, owner, &freed).await }
}

/// Whether a void instance took the name. If not, the instance came after all, and wakes this ledger again.
async fn fence(context: &Context, seat: &Seat) -> Result<bool, ReconcileError> {
    context.leadership.check()?;
    let created = context.api().create(&PostParams::default(), &void(seat)).await;
    match created {
        Err(error) if is_already_exists(&error) => Ok(false),
        outcome => outcome.map(|_| true).doing("fence a seat's instance"),
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
    context: &Context,
    owner: &DployOwner,
    freed: &[&Seat],
) -> Result<(), ReconcileError> {
    context.leadership.check()?;
    let mut updated = owner.clone();
    if let Some(status) = &mut updated.status {
        status.seats.retain(|seat| !freed.contains(&seat));
    }
    let params =
        PostParams { field_manager: Some(meta::FIELD_MANAGER.into()), ..PostParams::default() };
    let api = context.api::<DployOwner>();
    let written = api.replace_status(&owner.name_any(), &params, &updated).await;
    tracing::info!(owner = owner.name_any(), seats = freed.len(), "gave seats back");
    written.map(drop).doing("write an owner's record")
}
