//! Something of the identity provider's that is fetched at first use and kept: its keys, its endpoints.

use std::sync::{Arc, PoisonError, RwLock};

use clock::SharedClock;
use jiff::{SignedDuration, Timestamp};
use tokio::sync::{Mutex, OwnedMutexGuard};

use crate::error::Cause;

/// It is not asked for more often than this, whatever comes in: unknown key ids are free to invent, and a provider that is down is not
/// helped by more questions.
const PAUSE: SignedDuration = SignedDuration::from_secs(10);

/// A value that is replaced by a fresh one when it is old, and outlives an outage. Clones share it.
#[derive(Debug, Clone)]
pub(crate) struct Kept<T> {
    what: &'static str,
    lifetime: SignedDuration,
    clock: SharedClock,
    value: Arc<RwLock<Option<(Timestamp, T)>>>,
    /// When it was last asked for, with or without success; held by the one who asks.
    turn: Arc<Mutex<Option<Timestamp>>>,
}

impl<T: Clone + Send + Sync + 'static> Kept<T> {
    pub(crate) fn new(what: &'static str, lifetime: SignedDuration, clock: SharedClock) -> Self {
        Self { what, lifetime, clock, value: Arc::default(), turn: Arc::default() }
    }

    /// The value as it was last fetched.
    pub(crate) fn known(&self) -> Option<T> {
        self.read().map(|(_, value)| value)
    }

    /// Fetches it, or waits for whoever is just doing so; does nothing when that was a moment ago.
    pub(crate) async fn renew(&self, fetch: impl Future<Output = Result<T, Cause>>) {
        let turn = self.turn.clone().lock_owned().await;
        self.fetch(turn, fetch).await;
    }

    /// Fetches it in the background when it is old. Nobody waits for that: the old value goes on counting meanwhile.
    pub(crate) fn keep_fresh(
        &self,
        fetch: impl Future<Output = Result<T, Cause>> + Send + 'static,
    ) {
        let now = self.clock.now();
        let old = self.read().is_some_and(|(at, _)| now.duration_since(at) > self.lifetime);
        if old
            && let Ok(turn) = self.turn.clone().try_lock_owned()
            && self.may_ask(&turn)
        {
            let kept = self.clone();
            tokio::spawn(async move { kept.fetch(turn, fetch).await });
        }
    }

    async fn fetch(
        &self,
        mut turn: OwnedMutexGuard<Option<Timestamp>>,
        fetch: impl Future<Output = Result<T, Cause>>,
    ) {
        if !self.may_ask(&turn) {
            return;
        }
        // Noted before, for a caller that goes away meanwhile, and after, for those who waited in line.
        *turn = Some(self.clock.now());
        let outcome = fetch.await;
        *turn = Some(self.clock.now());
        match outcome {
            Ok(value) => self.replace(value),
            Err(error) => {
                tracing::warn!(
                    what = self.what,
                    ?error,
                    "could not be fetched; what is known goes on counting"
                );
            }
        }
    }

    fn may_ask(&self, last_attempt: &Option<Timestamp>) -> bool {
        last_attempt.is_none_or(|at| self.clock.now().duration_since(at) >= PAUSE)
    }

    fn read(&self) -> Option<(Timestamp, T)> {
        self.value.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn replace(&self, value: T) {
        let mut kept = self.value.write().unwrap_or_else(PoisonError::into_inner);
        *kept = Some((self.clock.now(), value));
    }
}
