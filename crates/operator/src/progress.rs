//! Whether the controllers of one term get on: a watchdog for each of them.

use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use kube::Resource;
use planner::watchdog::{StallLimits, Watchdog};
use tokio::time::{Instant, sleep};

use crate::{Limits, error::ReconcileError};

/// The longest time between two looks at the watchdogs.
const MAX_CHECK_INTERVAL: Duration = Duration::from_secs(5);

/// The watchdogs, by the kind that their controller reconciles.
#[derive(Debug)]
pub(crate) struct Progress {
    limits: StallLimits,
    watchdogs: Mutex<BTreeMap<String, Watchdog>>,
}

impl Progress {
    pub(crate) fn new(limits: &Limits) -> Self {
        let limits = StallLimits { min: limits.min_stall, max: limits.max_stall };
        Self { limits, watchdogs: Mutex::default() }
    }

    /// Records that a reconcile of this kind began.
    pub(crate) fn began<K: Resource<DynamicType = ()>>(&self) {
        self.watchdog::<K>(|watchdog| watchdog.began(now()));
    }

    /// Records that a reconcile of this kind ended after `took`. One that failed because the API
    /// server did not answer is no progress.
    pub(crate) fn ended<K: Resource<DynamicType = ()>, T>(
        &self,
        outcome: &Result<T, ReconcileError>,
        took: Duration,
    ) {
        let is_answered = !outcome.as_ref().is_err_and(ReconcileError::is_unanswered);
        self.watchdog::<K>(|watchdog| watchdog.ended(is_answered, took, now()));
    }

    /// Waits until a controller has finished no reconcile for a while although some are due.
    /// Returns the plural of its kind.
    pub(crate) async fn stalls(&self) -> String {
        loop {
            sleep((self.limits.min / 4).min(MAX_CHECK_INTERVAL)).await;
            let now = now();
            let watchdogs = self.watchdogs();
            let stalled = watchdogs.iter().find(|(_, it)| it.is_stalled(&self.limits, now));
            if let Some((kind, _)) = stalled {
                return kind.clone();
            }
        }
    }

    fn watchdog<K: Resource<DynamicType = ()>>(&self, change: impl FnOnce(&mut Watchdog)) {
        change(self.watchdogs().entry(K::plural(&()).into_owned()).or_default());
    }

    fn watchdogs(&self) -> MutexGuard<'_, BTreeMap<String, Watchdog>> {
        self.watchdogs.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn now() -> std::time::Instant {
    Instant::now().into_std()
}
