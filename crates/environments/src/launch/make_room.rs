//! The quota check of a launch, which first frees the seats of environments that have ended.

use kube::ResourceExt;
use ledger::{
    quota::{QuotaStep, decide},
    seats::seats,
    standing::standing,
};
use resources::{DployInstance, DployOwner, DployTemplateSpec, Seat};

use super::delete_expired::delete_expired;
use crate::{
    Refusal,
    own_effect::{Effect, or_own_effect},
    ports::Ports,
    quota::{is_below_limit, limit},
};

/// Whether the owner may launch one more environment. `false` when seats were freed, so that the
/// record has to be read again.
///
/// # Errors
/// [`Refusal::QuotaReached`]
pub(super) async fn has_room(
    ports: Ports<'_>,
    record: &DployOwner,
    template: &DployTemplateSpec,
) -> Result<bool, Refusal> {
    if is_below_limit(ports.reads, record, template) {
        return Ok(true);
    }
    if free_ended_seats(ports, record).await? {
        return Ok(false);
    }
    Err(Refusal::QuotaReached(limit(ports.reads, Some(record), Some(template))))
}

/// Frees the seats of environments that have ended. Returns whether there were any.
async fn free_ended_seats(ports: Ports<'_>, record: &DployOwner) -> Result<bool, Refusal> {
    let mut kept = Vec::new();
    for seat in seats(record) {
        if !can_be_freed(ports, record, seat).await? {
            kept.push(seat.clone());
        }
    }
    if kept.len() == seats(record).len() {
        return Ok(false);
    }
    let written = ports.writes.seats(record, &kept).await;
    // The record is read again in any case. Only the version says whether the write may follow.
    let overtaken = async {
        let live = ports.reads.live.owner(&record.name_any()).await?;
        Ok(Effect::on(record, live, |_| false))
    };
    or_own_effect(written, overtaken).await.map(|_| true)
}

/// Whether the seat's environment has ended. Deletes an expired one. Only an instance that the
/// cache shows as ended is read live.
async fn can_be_freed(ports: Ports<'_>, record: &DployOwner, seat: &Seat) -> Result<bool, Refusal> {
    let now = ports.reads.now();
    let step = |instance: &DployInstance| decide(standing(seat, record, Some(instance), now));
    let cached = ports.reads.cache.instances.get(&seat.instance);
    if cached.is_none_or(|cached| step(&cached) == QuotaStep::Keep) {
        return Ok(false);
    }
    let Some(live) = ports.reads.live.instance(&seat.instance).await? else { return Ok(false) };
    match step(&live) {
        QuotaStep::Keep => Ok(false),
        QuotaStep::Free => Ok(true),
        QuotaStep::DeleteThenFree => delete_expired(ports, &live).await,
    }
}
