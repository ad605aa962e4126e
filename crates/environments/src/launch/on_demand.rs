//! A launch without a claim: a seat, then the instance that it names. For a pool, that is a place in
//! its queue.

use ledger::{
    order::Order,
    seats::{SeatKey, seat_to_create, seats_with},
};
use resources::{DployInstance, DployOwner, DployTemplate, Method};

use crate::{
    Refusal,
    cluster::ClusterError,
    give_back::give_back,
    ports::{Ports, spec_of},
};

/// Writes a seat with a fresh uuid, then creates the instance that it names, once. `None` when
/// another request wrote the record first or fenced the seat.
pub(super) async fn create_new(
    ports: Ports<'_>,
    key: &SeatKey,
    template: &DployTemplate,
    order: &Order,
    record: DployOwner,
) -> Result<Option<DployInstance>, Refusal> {
    let Ports { reads, writes, contention: _ } = ports;
    let seat = seat_to_create(key, &reads.world.random_hex::<4>(), reads.now());
    match writes.seats(&record, &seats_with(&record, &seat)).await {
        Ok(_) => {}
        Err(error) if error.is_overtaken() => return Ok(None),
        Err(error) => return Err(error.into()),
    }
    let config = reads.cache.config();
    let config = spec_of(config.as_ref());
    let seed = reads.world.random_hex::<16>();
    let resolved = rendering::resolve(template, config, reads.fallback(), seed);
    let instance = match template.spec.method {
        Method::OnDemand => order.instance(&seat, resolved, reads.now()),
        Method::Pool => order.place(&seat, resolved, reads.now()),
    };
    match writes.create(&instance).await {
        Ok(created) => Ok(Some(created)),
        Err(ClusterError::Exists) => Ok(None),
        Err(error @ ClusterError::Unreachable { .. }) => Err(error.into()),
        Err(error) => {
            give_back(ports, &order.owner, &seat).await;
            Err(error.into())
        }
    }
}
