//! The queue of a pool: who is served now, by which member.

use std::collections::BTreeSet;

use jiff::Timestamp;
use ledger::queue::{Turn, is_assigned, is_place, turn};
use resources::DployInstance;

use super::{Census, InFlight, Member, PoolPolicy, Served, Standing};
use crate::metadata;

/// The places of one pool, first come first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Queue(Vec<Place>);

/// The place of one owner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The name of the queued instance.
    pub name: String,
    /// When it is served.
    pub turn: Turn,
    /// The member of an assignment that began and did not end.
    pub member: Option<String>,
}

/// A member for the owner of a place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assignment {
    /// The name of the queued instance.
    pub place: String,
    /// The name of the member.
    pub member: String,
}

/// The decision about a queue.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct QueueMove {
    /// The members to give to owners who wait.
    pub assign: Vec<Assignment>,
    /// The places that become members and start.
    pub release: Vec<String>,
}

impl Queue {
    /// The queue among the instances of one template. `instances` contains the members of its pool.
    pub fn of<'a>(instances: impl IntoIterator<Item = &'a DployInstance>) -> Self {
        let (places, others): (Vec<&DployInstance>, Vec<&DployInstance>) =
            instances.into_iter().partition(|it| is_place(it));
        let mut places: Vec<Place> = places
            .into_iter()
            .map(|place| {
                let member = others.iter().find(|it| is_assigned(it, place));
                Place {
                    name: metadata::name(&place.metadata).to_owned(),
                    turn: turn(place),
                    member: member.map(|it| metadata::name(&it.metadata).to_owned()),
                }
            })
            .collect();
        places.sort_by(|one, other| one.turn.cmp(&other.turn));
        Self(places)
    }

    /// How many owners wait.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether nobody waits.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The places, first come first.
    pub fn places(&self) -> impl Iterator<Item = &Place> {
        self.0.iter()
    }

    /// The queue without the places that are served already.
    #[must_use]
    pub fn without(&self, served: &Served) -> Self {
        Self(self.places().filter(|it| !served.is_done(it)).cloned().collect())
    }
}

impl QueueMove {
    /// The census once this move is carried out.
    pub(crate) fn shown_in(&self, census: &Census) -> Census {
        let assigned: BTreeSet<&str> = self.assign.iter().map(|it| &*it.member).collect();
        census.with_claimed(&assigned, self.release.iter().map(|name| started(name)))
    }
}

/// A place that was released: a claimed member.
pub(super) fn started(place: &str) -> Member {
    Member {
        name: place.to_owned(),
        created: Timestamp::UNIX_EPOCH,
        is_current: true,
        standing: Standing::Claimed,
        message: String::new(),
    }
}

/// Serves the queue: ready members go to the first places. The places behind the members that start
/// are released, as far as the pool has room below its largest size: who comes first gets what is
/// ready first.
#[must_use]
pub fn serve(
    policy: &PoolPolicy,
    census: &Census,
    queue: &Queue,
    in_flight: &InFlight,
) -> QueueMove {
    let (begun, waiting): (Vec<&Place>, Vec<&Place>) =
        queue.places().partition(|place| place.member.is_some());
    let begun = begun.into_iter().filter_map(|place| {
        Some(Assignment { place: place.name.clone(), member: place.member.clone()? })
    });
    let present = census.without(&in_flight.removing);
    let ready = ready(&present);
    let assigned = waiting.iter().zip(&ready).map(|(place, member)| Assignment {
        place: place.name.clone(),
        member: member.name.clone(),
    });
    let starting = present.count(|it| it.standing.is_starting()) + in_flight.creating;
    let taken = present.len() + in_flight.removing.len() + in_flight.creating;
    let room = policy.max_size.saturating_sub(taken);
    let rest = waiting.iter().skip(ready.len()).skip(starting);
    QueueMove {
        assign: begun.chain(assigned).collect(),
        release: rest.take(room).map(|place| place.name.clone()).collect(),
    }
}

/// The members that can be had, the oldest first.
fn ready(census: &Census) -> Vec<&Member> {
    let mut ready: Vec<&Member> = census.members().filter(|it| it.standing.is_ready()).collect();
    ready.sort_by_key(|it| (!it.is_current, it.created, it.name.clone()));
    ready
}

#[cfg(test)]
pub(super) mod tests;
