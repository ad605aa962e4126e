//! Reads only: which instances the seats name.

use kube::{ResourceExt, core::DeserializeGuard};
use resources::{DployInstance, DployOwner, Seat};

use crate::{
    context::Context,
    error::{Doing, ReconcileError},
    mirrors::Guarded,
    plan::seats::{Occupant, SeatSeen},
};

/// The seats that may have to be given back: those whose instance the cache shows alive and the owner's are left out.
pub(super) async fn observe(
    context: &Context,
    owner: &DployOwner,
) -> Result<Vec<SeatSeen>, ReconcileError> {
    let (key, now) = (owner.name_any(), context.clock.now());
    let seats = owner.status.iter().flat_map(|status| &status.seats);
    let doubtful: Vec<&Seat> = seats.filter(|seat| !is_well(context, &key, seat)).collect();
    let names: Vec<&str> = doubtful.iter().map(|seat| seat.instance.as_str()).collect();
    context.waiting.keep(&key, &names);
    let mut seen = Vec::new();
    for seat in doubtful {
        seen.push(SeatSeen {
            seat: seat.clone(),
            occupant: occupant(context, &seat.instance).await?,
            waiting_since: context.waiting.since(&key, &seat.instance, now),
        });
    }
    Ok(seen)
}

fn is_well(context: &Context, key: &str, seat: &Seat) -> bool {
    context.mirrors.instances.get(&seat.instance).is_some_and(|instance| {
        instance.spec.owner == key && instance.metadata.deletion_timestamp.is_none()
    })
}

/// Asked of the API server itself: a cache may lag.
async fn occupant(context: &Context, name: &str) -> Result<Occupant, ReconcileError> {
    let found = context.api::<Guarded<DployInstance>>().get_opt(name).await;
    Ok(match found.doing("read a seat's instance")? {
        None => Occupant::Absent,
        Some(DeserializeGuard(Ok(instance))) => Occupant::Present(Box::new(instance)),
        Some(DeserializeGuard(Err(invalid))) => {
            Occupant::Unreadable { leaving: invalid.metadata.deletion_timestamp.is_some() }
        }
    })
}
