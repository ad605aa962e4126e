//! Limits the open event streams of one person: a further one ends the oldest.
//!
//! Refusing the newest instead would leave a person without any after a crash of a browser, whose
//! connections the server may not have noticed yet.

use std::{
    collections::{HashMap, VecDeque},
    mem,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use environments::{Caller, Person};
use tokio_util::sync::CancellationToken;

/// How many event streams of one person a replica keeps open: one for each open page.
const MAX_STREAMS_PER_PERSON: usize = 10;

/// The open event streams of each person, the oldest first. Clones share them.
#[derive(Debug, Clone, Default)]
pub(super) struct PersonalStreams(Arc<Mutex<HashMap<Person, VecDeque<Place>>>>);

/// The place of an open stream.
#[derive(Debug)]
struct Place {
    number: u64,
    replaced: CancellationToken,
}

/// An open stream, which is no longer counted when this is dropped.
#[derive(Debug)]
pub(super) struct PersonalStream {
    streams: PersonalStreams,
    person: Person,
    number: u64,
    /// Cancelled when a newer stream of the person takes the place.
    pub(super) replaced: CancellationToken,
}

impl PersonalStreams {
    /// Counts a stream of the caller, and ends the oldest if there are too many.
    pub(super) fn open(&self, caller: &Caller) -> PersonalStream {
        let person = caller.person();
        let replaced = CancellationToken::new();
        let mut streams = self.lock();
        let places = streams.entry(person.clone()).or_default();
        let number = places.back().map_or(0, |last| last.number + 1);
        places.push_back(Place { number, replaced: replaced.clone() });
        if places.len() > MAX_STREAMS_PER_PERSON
            && let Some(oldest) = places.pop_front()
        {
            oldest.replaced.cancel();
        }
        PersonalStream { streams: self.clone(), person, number, replaced }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Person, VecDeque<Place>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for PersonalStream {
    fn drop(&mut self) {
        let person = mem::take(&mut self.person);
        let mut streams = self.streams.lock();
        let Some(places) = streams.get_mut(&person) else { return };
        places.retain(|place| place.number != self.number);
        if places.is_empty() {
            streams.remove(&person);
        }
    }
}

#[cfg(test)]
mod tests;
