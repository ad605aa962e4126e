//! A launch without a claim: a seat, then the instance that it names. For a pool, that is a place
//! in its queue.

use std::borrow::Cow;

use ledger::{
    found::PendingSeat,
    order::{Order, Origin},
    seats::{SeatKey, may_still_create, seat_to_create},
    standing::LateWriter,
};
use resources::{DployInstance, DployOwner, DployTemplate, Method, Seat};
use tracing::warn;

use super::{
    personal_values,
    revision::{Current, current},
    write_seat::write_seat,
    written_environment,
};
use crate::{
    Refusal, cluster::ClusterError, fence::fence, free_seat::give_back, own_effect::or_own_effect,
    ports::Ports,
};

/// Writes a seat with a fresh uuid, then creates the instance that it names, once. `None` when
/// another request wrote the record first or fenced the seat, or when the seat is too old.
pub(super) async fn create_new(
    ports: Ports<'_>,
    key: &SeatKey,
    template: &DployTemplate,
    order: &Order,
    record: DployOwner,
) -> Result<Option<DployInstance>, Refusal> {
    let reads = ports.reads;
    let current = current(reads, template).await?;
    let seat = seat_to_create(key, &reads.world.random_hex::<4>(), reads.now());
    let Current { name, revision } = current;
    let (ttl_seconds, seed) = (revision.ttl_seconds, reads.world.random_hex::<16>());
    let origin = Origin { revision: name, ttl_seconds, seed };
    let (order, instance) = match template.spec.method {
        Method::OnDemand => {
            let order = order.with_claims(|claims| revision.used(claims));
            let instance = order.instance(&seat, origin, reads.now());
            (Cow::Owned(order), instance)
        }
        // A place may be given a member of a later revision, which may read other claims.
        Method::Pool => (Cow::Borrowed(order), order.place(&seat, origin, reads.now())),
    };
    personal_values::check(reads, &order, revision, || instance.clone()).await?;
    let Some(record) = write_seat(ports, &record, &seat).await? else { return Ok(None) };
    if !may_still_create(&seat, reads.now()) {
        return Ok(None);
    }
    let created = match ports.writes.create(&instance).await {
        Err(refused @ ClusterError::Refused { .. }) => {
            return give_up(ports, &order.owner, seat, refused).await;
        }
        created => or_own_effect(created, written_environment(ports, &record, &seat)).await?,
    };
    // The process may have been suspended during the create. Then another request may have fenced
    // the seat, and the void instance may be gone, so only the ledger says what the owner has.
    Ok(created.filter(|_| may_still_create(&seat, reads.now())))
}

/// Gives the seat back behind a fence, so that nothing can follow the refused create. `None` when
/// the instance exists after all.
async fn give_up(
    ports: Ports<'_>,
    owner: &str,
    seat: Seat,
    refused: ClusterError,
) -> Result<Option<DployInstance>, Refusal> {
    let pending = PendingSeat { seat, writer: LateWriter::Creates, member: None };
    match fence(ports, &pending).await {
        Ok(true) => give_back(ports, owner, &pending.seat).await,
        Ok(false) => return Ok(None),
        Err(refusal) => {
            let error: &dyn std::error::Error = &refusal;
            warn!(owner, instance = pending.seat.instance, error, "could not fence a seat");
        }
    }
    Err(refused.into())
}
