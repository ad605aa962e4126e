//! The election of a leader: the holder of a Lease (`coordination.k8s.io`).
//!
//! A replica takes a lease over if the holder did not renew it for its duration. Each replica
//! measures that on its own monotonic clock; clocks of different machines are never compared. The
//! leader's own term ends earlier, and it checks the term before every write. A write that is in
//! flight at the end of a term names the version that it was decided on.

mod lease;

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use clock::SharedClock;
use errors::chain;
use k8s_openapi::api::coordination::v1::Lease;
use kube::{Api, Client, api::PostParams};
use tokio::time::{Instant, sleep, timeout};

use crate::{LeaseTimings, Settings, error::ReconcileError};
use lease::Observer;

/// The Lease's name.
pub(crate) const NAME: &str = "dploy-operator";
/// How long the release of the lease may take.
const RESIGN_TIMEOUT: Duration = Duration::from_secs(2);

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
}

impl Elector {
    pub(crate) fn new(client: Client, settings: &Settings, clock: SharedClock) -> Self {
        Self {
            leases: Api::namespaced(client, &settings.namespace),
            identity: settings.identity.clone(),
            timings: settings.lease,
            clock,
        }
    }

    /// Waits until this replica leads.
    pub(crate) async fn campaign(&self) -> Leadership {
        let mut observer = Observer::default();
        loop {
            let began = Instant::now();
            match self.try_to_lead(&mut observer).await {
                Ok(true) => return Leadership::until(self.end_of_term(began)),
                Ok(false) => {}
                Err(error) => tracing::warn!("could not read or take the lease: {}", chain(&error)),
            }
            sleep(self.timings.renew_every).await;
        }
    }

    /// Renews the lease. Returns when this replica does not lead any more.
    pub(crate) async fn lead(&self, leadership: &Leadership) {
        let mut observer = Observer::default();
        loop {
            sleep(self.timings.renew_every).await;
            let began = Instant::now();
            let left = leadership.end().saturating_duration_since(began);
            match timeout(left, self.try_to_lead(&mut observer)).await {
                Ok(Ok(true)) => leadership.extend(self.end_of_term(began)),
                Ok(Ok(false)) | Err(_) => return,
                Ok(Err(error)) => tracing::warn!("could not renew the lease: {}", chain(&error)),
            }
        }
    }

    /// Releases the lease, so that another replica need not wait for its end.
    pub(crate) async fn resign(&self) {
        let released = timeout(RESIGN_TIMEOUT, async {
            let Some(mut lease) = self.leases.get_opt(NAME).await? else { return Ok(()) };
            if lease::is_held_by(&lease, &self.identity) {
                lease::release(&mut lease, self.clock.now());
                self.leases.replace(NAME, &PostParams::default(), &lease).await?;
            }
            Ok::<_, kube::Error>(())
        });
        if let Ok(Err(error)) = released.await {
            tracing::debug!("could not release the lease: {}", chain(&error));
        }
    }

    /// The end of a term that began then. Other replicas wait for the whole duration; the leader
    /// stops a third earlier.
    fn end_of_term(&self, began: Instant) -> Instant {
        began + self.timings.duration * 2 / 3
    }

    /// Takes or renews the lease by one conditional write, if it is free or held by this replica.
    /// Returns whether this replica holds it.
    async fn try_to_lead(&self, observer: &mut Observer) -> Result<bool, kube::Error> {
        let now = self.clock.now();
        let params = PostParams::default();
        let written = match self.leases.get_opt(NAME).await? {
            None => {
                let lease = lease::first(NAME, &self.identity, self.timings.duration, now);
                self.leases.create(&params, &lease).await
            }
            Some(lease) if observer.may_take(&lease, &self.identity, Instant::now()) => {
                let lease = lease::taken(lease, &self.identity, self.timings.duration, now);
                self.leases.replace(NAME, &params, &lease).await
            }
            Some(_) => return Ok(false),
        };
        match written {
            Ok(_) => Ok(true),
            Err(kube::Error::Api(status)) if status.is_conflict() || status.is_already_exists() => {
                Ok(false)
            }
            Err(error) => Err(error),
        }
    }
}
