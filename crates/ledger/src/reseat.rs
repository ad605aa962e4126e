//! Reseat (docs/ledger.md, "Lost ledgers"): seats for the living environments of a record that was
//! deleted, or restored without its status.

use std::collections::BTreeSet;

use jiff::Timestamp;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;
use resources::{DployInstance, DployOwner, Seat};

use crate::{
    orphan::{needs_seat, needs_seat_in},
    queue::queued_as,
    seats::{SeatKey, seat_naming, seats},
    standing::{Standing, is_environment, standing_of_owned},
    timestamps::{self, started_at},
};

/// The seats of the record, completed by a seat for each instance that lost its own. `None` when
/// there is nothing to add. `instances` are read live.
///
/// Of several instances with one key the oldest gets the seat, but a member goes before the place
/// whose owner it was given to. The others stay without one: they count against the quota, and are
/// no orphans of this record.
#[must_use]
pub fn decide<'a>(
    record: &DployOwner,
    instances: impl IntoIterator<Item = &'a DployInstance>,
    now: Timestamp,
) -> Option<Vec<Seat>> {
    let mut lost: Vec<&DployInstance> =
        instances.into_iter().filter(|it| has_lost_seat(it, record, now)).collect();
    let served: BTreeSet<&str> = lost.iter().filter_map(|it| queued_as(it)).collect();
    let is_served =
        |it: &DployInstance| it.metadata.name.as_deref().is_some_and(|it| served.contains(it));
    lost.sort_by_cached_key(|it| (is_served(it), started_at(it), it.metadata.name.clone()));
    let before = seats(record);
    let mut completed = before.to_vec();
    for instance in lost {
        let key = SeatKey::of_instance(instance);
        if !completed.iter().any(|seat| key.identifies(seat)) {
            completed.extend(seat_for(instance));
        }
    }
    (completed.len() > before.len()).then_some(completed)
}

fn has_lost_seat(instance: &DployInstance, record: &DployOwner, now: Timestamp) -> bool {
    needs_seat(instance)
        && is_environment(instance, record, &SeatKey::of_instance(instance))
        && standing_of_owned(instance, now) == Standing::Lives
        && !needs_seat_in(instance, record)
        && seat_naming(record, instance.metadata.name.as_deref().unwrap_or_default()).is_none()
}

/// The seat that the launch of the instance wrote, as far as the instance tells.
fn seat_for(instance: &DployInstance) -> Option<Seat> {
    let metadata = &instance.metadata;
    Some(Seat {
        template: instance.spec.template_ref.clone(),
        instance: metadata.name.clone()?,
        uuid: instance.spec.uuid.clone()?,
        since: Time(timestamps::whole(started_at(instance)?)),
        chosen_at: metadata.resource_version.clone().filter(|_| instance.spec.pooled),
        ticket: None,
    })
}

#[cfg(test)]
mod tests;
