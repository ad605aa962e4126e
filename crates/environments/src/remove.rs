//! Remove: the instance on exactly the version that was read, then the seat, then the answer
//! (docs/ledger.md, "Remove").

use kube::ResourceExt;
use ledger::{
    queue::queued_as,
    remove::{RemoveStep, decide},
    seats::{SeatKey, seat_naming, seats_without},
};
use resources::{DployInstance, DployOwner};
use tracing::{info, instrument};

use crate::{
    Caller, Refusal,
    fence::fence,
    ledger_read::{LedgerRead, living, read_ledger},
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
    Free { instance: String, deleted: bool },
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
    for owner in Owners::of(ports).candidates(caller, &key).await? {
        let _turn = ports.contention.turns.wait(&owner.key).await;
        if remove_owned(ports, &owner, &key).await? {
            info!(owner = owner.key, "deleted an environment");
            return Ok(());
        }
    }
    Err(Refusal::NotFound(template.to_owned()))
}

/// Whether the owner had an environment and this request removed it.
async fn remove_owned(ports: Ports<'_>, owner: &Owner, key: &SeatKey) -> Result<bool, Refusal> {
    let mut attempts = ports.attempts();
    loop {
        let Some(read) = read_ledger(ports.reads, owner, key).await? else { return Ok(false) };
        let LedgerRead { record, found } = read;
        let was_place = found.is_place();
        match carry_out(ports, decide(found)).await? {
            Removal::NotFound => return Ok(false),
            Removal::Unseated => return Ok(true),
            Removal::Free { instance, deleted } => {
                let removed = free(ports, record, &instance, deleted).await?;
                if !was_place || !got_member(ports, owner, key, &instance).await? {
                    return Ok(removed);
                }
                attempts.again().await?;
            }
            Removal::Again => attempts.again().await?,
        }
    }
}

/// Whether the operator gave the owner of a place a member while this request gave the place up. The
/// member is what the owner wants to be removed, too.
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
            let freed = Removal::Free { instance: seat.instance, deleted: true };
            delete(ports, &instance, freed).await
        }
        RemoveStep::FenceThenFree(pending) => {
            let is_fenced = fence(ports.writes, &pending).await?;
            let freed = Removal::Free { instance: pending.seat.instance, deleted: false };
            Ok(if is_fenced { freed } else { Removal::Again })
        }
        RemoveStep::Free(seat) => Ok(Removal::Free { instance: seat.instance, deleted: false }),
    }
}

async fn delete(
    ports: Ports<'_>,
    instance: &DployInstance,
    deleted: Removal,
) -> Result<Removal, Refusal> {
    match ports.writes.delete(instance).await {
        Ok(()) => Ok(deleted),
        Err(error) if error.is_overtaken() => Ok(Removal::Again),
        Err(error) => Err(error.into()),
    }
}

/// Frees the seat. When another request frees it first, this request has removed the environment
/// only if it deleted the instance.
async fn free(
    ports: Ports<'_>,
    mut record: DployOwner,
    instance: &str,
    deleted: bool,
) -> Result<bool, Refusal> {
    let mut attempts = ports.attempts();
    loop {
        if seat_naming(&record, instance).is_none() {
            return Ok(deleted);
        }
        let rest = seats_without(&record, instance);
        match ports.writes.seats(&record, &rest).await {
            Ok(_) => return Ok(true),
            Err(error) if error.is_overtaken() => attempts.again().await?,
            Err(error) => return Err(error.into()),
        }
        match ports.reads.live.owner(&record.name_any()).await? {
            Some(read_again) => record = read_again,
            None => return Ok(deleted),
        }
    }
}
