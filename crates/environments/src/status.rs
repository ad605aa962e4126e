//! Status: the caller's environment of one template, from the cache or a live read.

use std::sync::Arc;

use ledger::{
    found::may_be_unseated,
    seats::{SeatKey, seat_at},
    standing::{Standing, standing, standing_of_owned},
};
use resources::DployInstance;
use wire::Run;

use crate::{
    Caller, Refusal,
    ledger_read::living,
    owners::{Owner, Owners, owners_of},
    ports::Reads,
    views,
};

/// The caller's environment of `template`. Falls back to a live read when the cache knows no
/// environment that lives.
pub(crate) async fn status(
    reads: &Reads,
    owners: Owners<'_>,
    caller: &Caller,
    template: &str,
) -> Result<Run, Refusal> {
    reads.filled().await?;
    let key = SeatKey::of_template(template);
    let known = reads.cache.templates.get(template);
    let is_teams = known.is_some_and(|template| !template.spec.owner_claim.is_empty());
    let mut cached = owners_of(reads, caller);
    cached.sort_by_key(|owner| owner.shared != is_teams);
    for owner in cached {
        if let Some(instance) = cached_living(reads, &owner, &key) {
            return Ok(views::run(reads, &instance, &owner));
        }
    }
    for owner in owners.candidates(caller, &key).await? {
        if let Some(instance) = living(reads, &owner, &key).await? {
            return Ok(views::run(reads, &instance, &owner));
        }
    }
    Err(Refusal::NotFound(template.to_owned()))
}

/// The owner's environment that lives, as far as the cache knows.
fn cached_living(reads: &Reads, owner: &Owner, key: &SeatKey) -> Option<Arc<DployInstance>> {
    let record = reads.cache.owners.get(&owner.key)?;
    let now = reads.now();
    if let Some(seat) = seat_at(&record, key) {
        let instance = reads.cache.instances.get(&seat.instance)?;
        let standing = standing(seat, &record, Some(&instance), now);
        return (standing == Standing::Lives).then_some(instance);
    }
    let owned = reads.cache.owned_by(owner).into_iter();
    owned
        .filter(|it| may_be_unseated(it, &record, key))
        .find(|it| standing_of_owned(it, now) == Standing::Lives)
}
