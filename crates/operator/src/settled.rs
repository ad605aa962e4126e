//! What the operator knows of its last reconcile of each instance, so that it neither reads again
//! what it knows nor decides on a version that it has replaced itself.
//!
//! The watch reports a write of a status to its writer. Another reconcile would read the same
//! again, so it is left out, unless something else has changed meanwhile.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use resources::WorkloadState;
use tokio::time::Instant;

/// How long the state of a healthy workload is known without another look.
const KNOWN_FOR: Duration = Duration::from_mins(10);
/// When to look again for the version that the operator wrote, in case the watch does not report
/// it.
const LAG_PAUSE: Duration = Duration::from_secs(1);

/// The last reconcile of each instance, by name.
#[derive(Debug, Default)]
pub(crate) struct Settled(Mutex<HashMap<String, Last>>);

/// The last reconcile of an instance.
#[derive(Debug, Default)]
struct Last {
    /// Whether something has changed since it began.
    is_disturbed: bool,
    /// The version that its status replaced.
    replaced: Option<String>,
    /// The version that it wrote, and when the instance is reconciled again. `None`: it runs, or
    /// left something to do.
    wrote: Option<(String, Instant)>,
    /// The state of a healthy workload, and when it was seen.
    workload: Option<(WorkloadState, Instant)>,
}

impl Settled {
    /// Begins a reconcile of the instance on this version. Returns the time until the next one if
    /// there is nothing to do before, or if the watch has not reported the last write yet: it wakes
    /// the instance then.
    pub(crate) fn begin(&self, name: &str, version: Option<&str>) -> Option<Duration> {
        let mut all = self.all();
        let last = all.entry(name.to_owned()).or_default();
        if version.is_some() && last.replaced.as_deref() == version {
            return Some(LAG_PAUSE);
        }
        last.is_disturbed = false;
        let wrote = last.wrote.take().filter(|(written, _)| version == Some(written));
        let (written, next) = wrote?;
        let rest = next.saturating_duration_since(Instant::now());
        if rest.is_zero() {
            return None;
        }
        last.wrote = Some((written, next));
        Some(rest)
    }

    /// The state of the workload, if an earlier reconcile saw that it is healthy and nothing has
    /// disturbed it since.
    pub(crate) fn workload(&self, name: &str) -> Option<WorkloadState> {
        let mut all = self.all();
        let last = all.get_mut(name)?;
        last.workload.take_if(|(_, seen)| seen.elapsed() >= KNOWN_FOR);
        last.workload.as_ref().map(|(state, _)| state.clone())
    }

    /// Records the state of a healthy workload, or that it is not known. It does not record that of
    /// an instance which was disturbed while it was reconciled.
    pub(crate) fn knows(&self, name: &str, workload: Option<&WorkloadState>) {
        if let Some(last) = self.all().get_mut(name).filter(|it| !it.is_disturbed) {
            let since = last.workload.take();
            last.workload = workload.map(|state| match since {
                Some((before, seen)) if before == *state => (before, seen),
                _ => (state.clone(), Instant::now()),
            });
        }
    }

    /// Records that the reconcile replaced one version by another, and when the next one is due, if
    /// it has nothing to do before. That does not settle an instance which was disturbed while it
    /// was reconciled.
    pub(crate) fn wrote(
        &self,
        name: &str,
        replaced: Option<&str>,
        version: Option<String>,
        next: Option<Duration>,
    ) {
        let mut all = self.all();
        let (Some(last), Some(version)) = (all.get_mut(name), version) else { return };
        last.replaced = replaced.filter(|it| **it != version).map(ToOwned::to_owned);
        last.wrote =
            next.filter(|_| !last.is_disturbed).map(|next| (version, Instant::now() + next));
    }

    /// Records that something besides the instance itself has changed.
    pub(crate) fn disturb(&self, name: &str) {
        if let Some(last) = self.all().get_mut(name) {
            last.disturb();
        }
    }

    /// Records that anything may have changed: the instances were listed anew.
    pub(crate) fn disturb_all(&self) {
        for last in self.all().values_mut() {
            last.disturb();
            last.replaced = None;
        }
    }

    /// Forgets an instance that is gone.
    pub(crate) fn forget(&self, name: &str) {
        self.all().remove(name);
    }

    fn all(&self) -> MutexGuard<'_, HashMap<String, Last>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Last {
    fn disturb(&mut self) {
        self.is_disturbed = true;
        (self.wrote, self.workload) = (None, None);
    }
}

#[cfg(test)]
mod tests;
