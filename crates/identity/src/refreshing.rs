//! A value of the identity provider that is fetched at first use and refreshed: its keys, its
//! endpoints.

use std::sync::{Arc, PoisonError, RwLock};

use clock::SharedClock;
use jiff::{SignedDuration, Timestamp};
use tokio::sync::{Mutex, OwnedMutexGuard};

use crate::error::Cause;

/// The shortest time between two fetches. A client can invent any number of unknown key ids, and
/// more requests do not help a provider that is down.
const MIN_FETCH_INTERVAL: SignedDuration = SignedDuration::from_secs(10);

/// A value that is replaced when it is older than `max_age`, and kept while the provider is down,
/// for ever or up to an age. Clones share it.
#[derive(Debug, Clone)]
pub(crate) struct Refreshing<T> {
    /// What the log calls the value.
    name: &'static str,
    max_age: SignedDuration,
    /// The age from which the value does not count any more.
    usable_for: Option<SignedDuration>,
    clock: SharedClock,
    value: Arc<RwLock<Option<(Timestamp, T)>>>,
    /// The time of the last fetch, successful or not. The task that fetches holds the lock.
    last_attempt: Arc<Mutex<Option<Timestamp>>>,
}

impl<T: Clone + Send + Sync + 'static> Refreshing<T> {
    pub(crate) fn new(name: &'static str, max_age: SignedDuration, clock: SharedClock) -> Self {
        let (value, last_attempt) = (Arc::default(), Arc::default());
        Self { name, max_age, usable_for: None, clock, value, last_attempt }
    }

    /// The same value, which counts only up to this age.
    pub(crate) fn usable_for(self, age: SignedDuration) -> Self {
        Self { usable_for: Some(age), ..self }
    }

    /// The value of the last successful fetch, if it still counts.
    pub(crate) fn current(&self) -> Option<T> {
        let (fetched_at, value) = self.read()?;
        let age = self.clock.now().duration_since(fetched_at);
        self.usable_for.is_none_or(|limit| age < limit).then_some(value)
    }

    /// The value of the last successful fetch, however old it is.
    pub(crate) fn last(&self) -> Option<T> {
        self.read().map(|(_, value)| value)
    }

    /// Fetches the value, or waits for a fetch that is under way. Does nothing within
    /// [`MIN_FETCH_INTERVAL`] of the last attempt.
    pub(crate) async fn refresh(&self, fetch: impl Future<Output = Result<T, Cause>>) {
        let last_attempt = self.last_attempt.clone().lock_owned().await;
        self.fetch(last_attempt, fetch).await;
    }

    /// Fetches a stale value in the background. Callers use the stale value until then.
    pub(crate) fn refresh_if_stale(
        &self,
        fetch: impl Future<Output = Result<T, Cause>> + Send + 'static,
    ) {
        let now = self.clock.now();
        let stale = self
            .read()
            .is_some_and(|(fetched_at, _)| now.duration_since(fetched_at) > self.max_age);
        if stale
            && let Ok(last_attempt) = self.last_attempt.clone().try_lock_owned()
            && self.may_fetch(&last_attempt)
        {
            let this = self.clone();
            tokio::spawn(async move { this.fetch(last_attempt, fetch).await });
        }
    }

    async fn fetch(
        &self,
        mut last_attempt: OwnedMutexGuard<Option<Timestamp>>,
        fetch: impl Future<Output = Result<T, Cause>>,
    ) {
        if !self.may_fetch(&last_attempt) {
            return;
        }
        // Set before the fetch in case the caller is cancelled, and after it for the waiting
        // callers.
        *last_attempt = Some(self.clock.now());
        let result = fetch.await;
        *last_attempt = Some(self.clock.now());
        match result {
            Ok(value) => self.replace(value),
            Err(error) => {
                tracing::warn!(
                    what = self.name,
                    ?error,
                    "could not fetch from the identity provider; keeping the last value"
                );
            }
        }
    }

    fn may_fetch(&self, last_attempt: &Option<Timestamp>) -> bool {
        last_attempt.is_none_or(|at| self.clock.now().duration_since(at) >= MIN_FETCH_INTERVAL)
    }

    fn read(&self) -> Option<(Timestamp, T)> {
        self.value.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn replace(&self, value: T) {
        let mut current = self.value.write().unwrap_or_else(PoisonError::into_inner);
        *current = Some((self.clock.now(), value));
    }
}
