//! Instances whose last reconcile ended with a write of their status and left nothing to do.
//!
//! The watch reports that write to its writer. Another reconcile would read the same again, so it
//! is left out, unless something else has changed meanwhile.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::time::Instant;

/// The last reconcile of each instance, by name.
#[derive(Debug, Default)]
pub(crate) struct Settled(Mutex<HashMap<String, State>>);

/// The last reconcile of an instance.
#[derive(Debug)]
enum State {
    /// It runs, or left something to do. Nothing has disturbed it since it began.
    Began,
    /// It wrote this version, and the instance is reconciled again then.
    Wrote { version: String, next: Instant },
}

impl Settled {
    /// Begins a reconcile of the instance on this version. Returns the time until the next one if
    /// there is nothing to do before.
    pub(crate) fn begin(&self, name: &str, version: Option<&str>) -> Option<Duration> {
        let mut states = self.states();
        if let Some(State::Wrote { version: written, next }) = states.get(name)
            && version == Some(written)
        {
            let rest = next.saturating_duration_since(Instant::now());
            if !rest.is_zero() {
                return Some(rest);
            }
        }
        states.insert(name.to_owned(), State::Began);
        None
    }

    /// Records that the reconcile ended with this version, and when the next one is due. It does
    /// not settle an instance that was disturbed while it was reconciled.
    pub(crate) fn wrote(&self, name: &str, version: Option<String>, next: Duration) {
        if let (Some(state), Some(version)) = (self.states().get_mut(name), version) {
            *state = State::Wrote { version, next: Instant::now() + next };
        }
    }

    /// Records that something besides the instance itself has changed.
    pub(crate) fn disturb(&self, name: &str) {
        self.states().remove(name);
    }

    /// Records that anything may have changed.
    pub(crate) fn disturb_all(&self) {
        self.states().clear();
    }

    fn states(&self) -> MutexGuard<'_, HashMap<String, State>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests;
