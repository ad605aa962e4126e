//! The memory of places that were served and that the watch still shows as waiting.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::{Duration, Instant},
};

use super::{Census, Place, Queue, queue::started};
use crate::RequeueAfter;

/// How long the watch may take to show that a place was served. After that, it is served again.
const WRITE_VISIBILITY_TIMEOUT: Duration = Duration::from_secs(60);

/// What the operator remembers about one queue.
#[derive(Debug, Default)]
pub struct ServedMemory(BTreeMap<String, (Serving, Instant)>);

/// The places that were served.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Served(BTreeMap<String, Serving>);

/// How a place was served.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Serving {
    /// Its owner got this member.
    Assigned(String),
    /// Its owner got this member, but not every write was seen to take effect.
    Unfinished(String),
    /// It was released.
    Released,
    /// It cannot be served: its owner's record did not have its seat, although this version of it
    /// had, if there was one.
    SetAside(Option<String>),
}

impl Serving {
    fn member(&self) -> Option<&str> {
        match self {
            Self::Assigned(member) | Self::Unfinished(member) => Some(member),
            Self::Released | Self::SetAside(_) => None,
        }
    }

    /// Whether a place that was set aside can be served. `seated_in` finds the version of the
    /// owner's record whose seat names the place, as the watch shows it now.
    fn is_over(&self, seated_in: impl FnOnce() -> Option<String>) -> bool {
        let Self::SetAside(before) = self else { return false };
        let now = seated_in();
        now.is_some() && now != *before
    }
}

impl ServedMemory {
    /// Remembers that a place is about to be served: by this member, or by its release.
    pub fn serving(&mut self, place: &str, member: Option<&str>, now: Instant) {
        let assigned = |member: &str| Serving::Assigned(member.to_owned());
        self.0.insert(place.to_owned(), (member.map_or(Serving::Released, assigned), now));
    }

    /// Remembers that a place cannot be served: its owner's record does not have its seat. Those
    /// behind it are served until the watch shows the seat in a version that is not `seated_in`,
    /// the one that it showed before.
    pub fn set_aside(&mut self, place: &str, seated_in: Option<String>, now: Instant) {
        self.0.insert(place.to_owned(), (Serving::SetAside(seated_in), now));
    }

    /// Forgets a place that was certainly not served.
    pub fn not_served(&mut self, place: &str) {
        self.0.remove(place);
    }

    /// Remembers that an assignment did not end. It goes on once the watch shows that it began.
    pub fn unfinished(&mut self, place: &str) {
        if let Some((serving, _)) = self.0.get_mut(place)
            && let Serving::Assigned(member) = serving
        {
            *serving = Serving::Unfinished(std::mem::take(member));
        }
    }

    /// Forgets the places that the queue does not have any more, and those that were set aside and
    /// have their seat again. Returns the others. `seated_in` finds the version of the owner's
    /// record whose seat names a place, as the watch shows it now.
    pub fn settle(
        &mut self,
        queue: &Queue,
        seated_in: impl Fn(&str) -> Option<String>,
        now: Instant,
    ) -> Served {
        let waiting: BTreeSet<&str> = queue.places().map(|it| it.name.as_str()).collect();
        self.0.retain(|place, (serving, since)| {
            waiting.contains(place.as_str())
                && !serving.is_over(|| seated_in(place))
                && now.saturating_duration_since(*since) < WRITE_VISIBILITY_TIMEOUT
        });
        Served(
            self.0.iter().map(|(place, (serving, _))| (place.clone(), serving.clone())).collect(),
        )
    }

    /// Whether nothing is remembered.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// When the oldest place is forgotten; `None` when nothing is remembered.
    #[must_use]
    pub fn forgets_after(&self, now: Instant) -> RequeueAfter {
        let oldest = self.0.values().map(|(_, since)| since).min()?;
        Some(WRITE_VISIBILITY_TIMEOUT.saturating_sub(now.saturating_duration_since(*oldest)))
    }
}

impl Served {
    /// Whether there is nothing to do for the place.
    pub(super) fn is_done(&self, place: &Place) -> bool {
        self.0.get(&place.name).is_some_and(|serving| {
            !matches!(serving, Serving::Unfinished(_)) || place.member.is_none()
        })
    }

    /// The census that the watch will show.
    pub(crate) fn shown_in(&self, census: &Census) -> Census {
        let assigned = self.0.values().filter_map(Serving::member).collect();
        let released = self.0.iter().filter(|(_, serving)| **serving == Serving::Released);
        census.with_claimed(&assigned, released.map(|(place, _)| started(place)))
    }
}

#[cfg(test)]
mod tests;
