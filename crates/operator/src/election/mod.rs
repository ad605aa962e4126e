//! The election of a leader: the holder of a Lease (`coordination.k8s.io`).
//!
//! A replica takes a lease over if the holder did not renew it for its duration. Each replica
//! measures that on its own monotonic clock; clocks of different machines are never compared. The
//! leader's own term ends earlier, and it checks the term before every write. A write that is in
//! flight at the end of a term names the version that it was decided on.
//!
//! Every call has a timeout that is shorter than the term. After a write without a clear answer the
//! replica reads the lease, and recognizes its own write by the time of renewal.

mod health;
mod lease;

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use clock::SharedClock;
use engines::api_error::{is_already_exists, is_conflict};
use errors::chain;
use k8s_openapi::api::coordination::v1::Lease;
use kube::{Api, Client, api::PostParams};
use thiserror::Error;
use tokio::time::{Instant, sleep, sleep_until, timeout};

use crate::{LeaseTimings, Settings, error::ReconcileError};
pub(crate) use health::ElectionHealth;
use lease::Observer;

/// The Lease's name.
pub(crate) const NAME: &str = "dploy-operator";
/// How long the release of the lease may take.
const RESIGN_TIMEOUT: Duration = Duration::from_secs(2);

/// A call of the election failed.
#[derive(Debug, Error)]
enum ElectionError {
    /// The API server did not answer in time.
    #[error("the API server did not answer within {0:?}")]
    NoAnswer(Duration),
    /// The API server refused the call, or could not be reached.
    #[error(transparent)]
    Failed(#[from] kube::Error),
}

/// A term as leader. It ends by itself unless it is renewed.
#[derive(Debug, Clone)]
pub(crate) struct Leadership(Arc<Mutex<Instant>>);

impl Leadership {
    fn until(end: Instant) -> Self {
        Self(Arc::new(Mutex::new(end)))
    }

    fn end(&self) -> Instant {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn extend(&self, end: Instant) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = end;
    }

    /// Fails if the term has ended.
    pub(crate) fn check(&self) -> Result<(), ReconcileError> {
        if Instant::now() < self.end() { Ok(()) } else { Err(ReconcileError::NotLeading) }
    }
}

/// Takes part in the election.
pub(crate) struct Elector {
    leases: Api<Lease>,
    identity: String,
    timings: LeaseTimings,
    clock: SharedClock,
    health: ElectionHealth,
}

impl Elector {
    pub(crate) fn new(
        client: Client,
        settings: &Settings,
        clock: SharedClock,
        health: ElectionHealth,
    ) -> Self {
        Self {
            leases: Api::namespaced(client, &settings.namespace),
            identity: settings.identity.clone(),
            timings: settings.lease,
            clock,
            health,
        }
    }

    /// Waits until this replica leads. It does not try to while `may_lead` is false.
    pub(crate) async fn campaign(&self, may_lead: impl Fn() -> bool) -> Leadership {
        let mut observer = Observer::default();
        loop {
            let began = Instant::now();
            let mut pause = self.timings.renew_every;
            if may_lead() {
                match self.attempt(&mut observer).await {
                    Some(true) => return Leadership::until(began + self.timings.term()),
                    Some(false) => {}
                    None => pause = self.timings.retry_pause(),
                }
            }
            sleep(pause).await;
        }
    }

    /// Renews the lease. Returns when this replica does not lead any more.
    pub(crate) async fn lead(&self, leadership: &Leadership) {
        let mut observer = Observer::default();
        let mut pause = self.timings.renew_every;
        loop {
            sleep_until(leadership.end().min(Instant::now() + pause)).await;
            let began = Instant::now();
            let left = leadership.end().saturating_duration_since(began);
            if left.is_zero() {
                return;
            }
            match timeout(left, self.attempt(&mut observer)).await {
                Ok(Some(true)) => {
                    leadership.extend(began + self.timings.term());
                    pause = self.timings.renew_every;
                }
                Ok(None) => pause = self.timings.retry_pause(),
                Ok(Some(false)) | Err(_) => return,
            }
        }
    }

    /// Releases the lease, so that another replica need not wait for its end.
    pub(crate) async fn resign(&self) {
        let released = timeout(RESIGN_TIMEOUT, async {
            while let Some(mut lease) = self.read().await? {
                if !lease::is_held_by(&lease, &self.identity) {
                    break;
                }
                lease::release(&mut lease, self.clock.now());
                match self.replace(&lease).await {
                    Ok(()) => break,
                    Err(error) => {
                        tracing::debug!("could not release the lease: {}", chain(&error));
                        sleep(self.timings.retry_pause()).await;
                    }
                }
            }
            Ok::<_, ElectionError>(())
        });
        if let Ok(Err(error)) = released.await {
            tracing::debug!("could not release the lease: {}", chain(&error));
        }
    }

    /// Tries to take or to renew the lease, and records whether the calls were answered. `None`:
    /// they were not.
    async fn attempt(&self, observer: &mut Observer) -> Option<bool> {
        match self.try_to_lead(observer).await {
            Ok(leads) => {
                self.health.succeeded();
                Some(leads)
            }
            Err(error) => {
                self.health.failed(&error);
                None
            }
        }
    }

    /// Takes or renews the lease by one conditional write, if it is free or held by this replica.
    /// Returns whether this replica holds it.
    async fn try_to_lead(&self, observer: &mut Observer) -> Result<bool, ElectionError> {
        let (identity, duration, now) = (&self.identity, self.timings.duration, self.clock.now());
        let (wanted, written) = match self.read().await? {
            None => {
                let wanted = lease::first(NAME, identity, duration, now);
                let written = self.create(&wanted).await;
                (wanted, written)
            }
            Some(lease) if observer.may_take(&lease, identity, Instant::now()) => {
                let wanted = lease::taken(lease, identity, duration, now);
                let written = self.replace(&wanted).await;
                (wanted, written)
            }
            Some(_) => return Ok(false),
        };
        match written {
            Ok(()) => Ok(true),
            Err(error) => self.is_written(&wanted, error).await,
        }
    }

    /// Whether this replica holds the lease as it wrote it, although the write failed: an answer
    /// can get lost, and a proxy can repeat the write. `error` if that remains unclear.
    async fn is_written(
        &self,
        wanted: &Lease,
        error: ElectionError,
    ) -> Result<bool, ElectionError> {
        let Some(found) = self.read().await? else { return Err(error) };
        if lease::is_written(&found, wanted, &self.identity) {
            return Ok(true);
        }
        // Another write of this replica came late, or this one has had no effect: try again.
        if lease::is_held_by(&found, &self.identity) || !error.is_conflict() {
            return Err(error);
        }
        Ok(false)
    }

    async fn read(&self) -> Result<Option<Lease>, ElectionError> {
        self.in_time(self.leases.get_opt(NAME)).await
    }

    async fn create(&self, lease: &Lease) -> Result<(), ElectionError> {
        self.in_time(self.leases.create(&PostParams::default(), lease)).await.map(drop)
    }

    async fn replace(&self, lease: &Lease) -> Result<(), ElectionError> {
        self.in_time(self.leases.replace(NAME, &PostParams::default(), lease)).await.map(drop)
    }

    async fn in_time<T>(
        &self,
        call: impl Future<Output = Result<T, kube::Error>>,
    ) -> Result<T, ElectionError> {
        let limit = self.timings.call_timeout();
        Ok(timeout(limit, call).await.map_err(|_| ElectionError::NoAnswer(limit))??)
    }
}

impl ElectionError {
    /// Whether somebody wrote the lease first, or created it.
    fn is_conflict(&self) -> bool {
        matches!(self, Self::Failed(error) if is_conflict(error) || is_already_exists(error))
    }
}
