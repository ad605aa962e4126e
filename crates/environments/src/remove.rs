//! Remove: the instance on exactly the version that was read, then the seat, then the answer
//! (docs/ledger.md, "Remove").

use kube::ResourceExt;
use ledger::{
    queue::queued_as,
    remove::{RemoveStep, decide, is_marked_by, mark, was_removed_by},
    seats::{SeatKey, seat_naming},
};
use resources::{DployInstance, DployOwner, Seat};
use tracing::{info, instrument, warn};

use crate::{
    Caller, Refusal,
    allowances::Allowance,
    audited::{note_instance, note_owner},
    fence::fence,
    free_seat::{Freed, free_seat},
    ledger_read::{LedgerRead, living, read_ledger},
    own_effect::{Effect, is_same_version, or_own_effect},
    owners::{Owner, Owners},
    ports::Ports,
};

/// The result of one attempt to remove an environment.
enum Removal {
    /// The owner has no environment.
    NotFound,
    /// Another request wrote first: read and decide again.
    Again,
    /// The instance had no seat, and its deletion was accepted.
    Unseated,
    /// The seat can be freed. `deleted` when this request deleted the instance.
    Free { seat: Seat, deleted: bool },
}

/// Deletes the caller's environment of `template`.
#[instrument(skip(ports, caller))]
pub(crate) async fn remove(
    ports: Ports<'_>,
    caller: &Caller,
    template: &str,
) -> Result<(), Refusal> {
    ports.reads.filled().await?;
    let key = SeatKey::of_template(template);
    let allowance = ports.allowances.of(caller);
    for owner in Owners::of(ports).candidates(caller, &key).await? {
        let _turn = ports.contention.turns.wait(&owner.key).await;
        note_owner(&owner.key);
        if remove_owned(ports, &allowance, &owner, &key).await? {
            info!(owner = owner.key, "deleted an environment");
            return Ok(());
        }
    }
    Err(Refusal::NotFound(template.to_owned()))
}

/// Whether the owner had an environment and this request removed it.
async fn remove_owned(
    ports: Ports<'_>,
    allowance: &Allowance<'_>,
    owner: &Owner,
    key: &SeatKey,
) -> Result<bool, Refusal> {
    let mut attempts = ports.attempts();
    let mut gave_up_place = false;
    loop {
        let Some(read) = read_ledger(ports.reads, owner, key).await? else {
            return Ok(gave_up_place);
        };
        let LedgerRead { record, found } = read;
        let place = found.place().map(str::to_owned);
        let step = decide(found);
        if !matches!(step, RemoveStep::NotFound) {
            allowance.take()?;
        }
        let removed = match carry_out(ports, step).await? {
            Removal::NotFound => return Ok(gave_up_place),
            Removal::Again => {
                attempts.again().await?;
                continue;
            }
            Removal::Unseated => true,
            Removal::Free { deleted: true, .. } if place.is_some() => true,
            Removal::Free { seat, deleted } => free(ports, record, &seat, deleted).await?,
        };
        let Some(place) = place else { return Ok(removed || gave_up_place) };
        gave_up_place |= removed;
        free_seat_of_place(ports, owner, &place).await?;
        if !got_member(ports, owner, key, &place).await? {
            return Ok(gave_up_place);
        }
        attempts.again().await?;
    }
}

/// Frees the seat that names the place, whenever it was written: until it is free, the operator can
/// make it the seat of a member.
async fn free_seat_of_place(ports: Ports<'_>, owner: &Owner, place: &str) -> Result<(), Refusal> {
    let Some(record) = ports.reads.live.owner(&owner.key).await? else { return Ok(()) };
    let Some(seat) = seat_naming(&record, place).cloned() else { return Ok(()) };
    free_seat(ports, record, &seat).await.map(drop)
}

/// Whether the operator gave the owner of a place a member while this request gave the place up.
/// The member is what the owner wants to be removed, too.
async fn got_member(
    ports: Ports<'_>,
    owner: &Owner,
    key: &SeatKey,
    place: &str,
) -> Result<bool, Refusal> {
    let member = living(ports.reads, owner, key).await?;
    Ok(member.is_some_and(|member| queued_as(&member) == Some(place)))
}

async fn carry_out(ports: Ports<'_>, step: RemoveStep) -> Result<Removal, Refusal> {
    match step {
        RemoveStep::NotFound => Ok(Removal::NotFound),
        RemoveStep::Delete(instance) => delete(ports, &instance, Removal::Unseated).await,
        RemoveStep::DeleteThenFree { seat, instance } => {
            delete(ports, &instance, Removal::Free { seat, deleted: true }).await
        }
        RemoveStep::FenceThenFree(pending) => {
            let is_fenced = fence(ports, &pending).await?;
            let freed = Removal::Free { seat: pending.seat, deleted: false };
            Ok(if is_fenced { freed } else { Removal::Again })
        }
        RemoveStep::Free(seat) => Ok(Removal::Free { seat, deleted: false }),
    }
}

/// Marks the instance as removed by this request, then deletes it.
async fn delete(
    ports: Ports<'_>,
    instance: &DployInstance,
    deleted: Removal,
) -> Result<Removal, Refusal> {
    note_instance(instance);
    let (name, id) = (instance.name_any(), ports.reads.world.random_hex::<8>());
    let own_mark = async {
        let live = ports.reads.live.instance(&name).await?;
        Ok(Effect::on(instance, live, |live| is_marked_by(live, &id)))
    };
    let marked = ports.writes.patch(instance, mark(&id)).await;
    let Some(marked) = or_own_effect(marked, own_mark).await? else { return Ok(Removal::Again) };
    let own_deletion = async {
        let live = ports.reads.live.instance(&name).await?;
        Ok(match live {
            live if was_removed_by(live.as_ref(), &marked, &id) => Effect::Own(()),
            Some(live) if is_same_version(&marked, &live) => Effect::Open,
            Some(_) | None => Effect::Never,
        })
    };
    let removed = or_own_effect(ports.writes.delete(&marked).await, own_deletion).await?;
    Ok(removed.map_or(Removal::Again, |()| deleted))
}

/// Frees the seat. When another request frees it first, this request has removed the environment
/// only if it deleted the instance. Then it has removed the environment even if the seat cannot be
/// freed: the operator frees the seats of instances that are being deleted.
async fn free(
    ports: Ports<'_>,
    record: DployOwner,
    seat: &Seat,
    deleted: bool,
) -> Result<bool, Refusal> {
    match free_seat(ports, record, seat).await {
        Ok(freed) => Ok(deleted || freed == Freed::Now),
        Err(refusal) if deleted => {
            let error: &dyn std::error::Error = &refusal;
            warn!(instance = seat.instance, error, "could not free the seat of an environment");
            Ok(true)
        }
        Err(refusal) => Err(refusal),
    }
}
