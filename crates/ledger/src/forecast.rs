//! How long an owner waits for a pool: an estimate from the members that start, the room below
//! `maxSize`, and the deadlines of the claimed members. Nothing is decided by it.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use resources::{DployInstance, DployTemplate, UNLIMITED};

use crate::{
    claim::is_warm,
    queue::is_place,
    standing::{is_deleting, is_unclaimed},
    timestamps::created_at,
    void::is_void,
};

/// What the estimate follows from.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Forecast {
    /// When a member can be had, the earliest first. Each serves one owner.
    supply: Vec<Timestamp>,
    /// How long an environment occupies a member; `None` for environments without a deadline.
    lifetime: Option<SignedDuration>,
}

impl Forecast {
    /// The forecast for the pool of a template with these instances. `ttl_seconds` is the lifetime
    /// of its environments. `None` while it is not known how long a member takes to start.
    #[must_use]
    pub fn of<'a>(
        template: &DployTemplate,
        ttl_seconds: i64,
        instances: impl IntoIterator<Item = &'a DployInstance>,
        now: Timestamp,
    ) -> Option<Self> {
        let seconds = template.status.as_ref()?.pool_start_seconds?;
        let start = SignedDuration::from_secs(i64::from(seconds));
        let members = instances.into_iter().filter(|it| it.spec.pooled && !is_void(it));
        let members: Vec<&DployInstance> = members.filter(|it| !it.spec.queued).collect();
        let known = members.iter().filter_map(|it| Some(available_at(it, start, now)?.max(now)));
        let free = known.chain(room(template, members.len()).map(|()| later(now, start)));
        let mut supply: Vec<Timestamp> = free.collect();
        supply.sort();
        let lifetime = (ttl_seconds > UNLIMITED).then(|| SignedDuration::from_secs(ttl_seconds));
        Some(Self { supply, lifetime })
    }

    /// How long the owner at this place, which counts from 1, waits. At least a second. `None` when
    /// no claimed member has a deadline before which this owner would be served.
    #[must_use]
    pub fn wait(&self, position: usize, now: Timestamp) -> Option<Duration> {
        let earlier = position.checked_sub(1)?;
        let round = i32::try_from(earlier.checked_div(self.supply.len())?).ok()?;
        let first = *self.supply.get(earlier % self.supply.len())?;
        let later = match round {
            0 => SignedDuration::ZERO,
            round => self.lifetime?.checked_mul(round)?,
        };
        let wait = first.duration_since(now).checked_add(later)?;
        Some(wait.max(SignedDuration::from_secs(1)).unsigned_abs())
    }
}

/// The position of a place among `places`, counted from 1.
pub fn position<'a>(
    place: &DployInstance,
    places: impl IntoIterator<Item = &'a DployInstance>,
) -> usize {
    let turn = crate::queue::turn(place);
    let earlier = places.into_iter().filter(|it| is_place(it) && crate::queue::turn(it) < turn);
    earlier.count() + 1
}

/// When this member, or one that takes its room, can be had.
fn available_at(
    member: &DployInstance,
    start: SignedDuration,
    now: Timestamp,
) -> Option<Timestamp> {
    if is_warm(member) {
        Some(now)
    } else if is_unclaimed(member) {
        Some(later(created_at(member)?, start))
    } else if is_deleting(member) {
        Some(later(now, start))
    } else {
        Some(later(member.spec.expires_at.as_ref()?.0, start))
    }
}

/// One entry for each member that the operator may create. Without `maxSize` one is enough: the
/// operator creates as many as wait.
fn room(template: &DployTemplate, members: usize) -> impl Iterator<Item = ()> {
    let max_size = template.spec.pool.map_or(0, |pool| pool.max_size as usize);
    let count = if max_size == 0 { 1 } else { max_size.saturating_sub(members) };
    std::iter::repeat_n((), count)
}

fn later(time: Timestamp, by: SignedDuration) -> Timestamp {
    time.checked_add(by).unwrap_or(time)
}

#[cfg(test)]
mod tests;
