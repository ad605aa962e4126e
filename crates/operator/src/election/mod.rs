//! Which replica leads: the holder of a Lease (`coordination.k8s.io`).
//!
//! A lease is taken over when its holder stopped renewing it for its duration, measured on this machine's own monotonic clock:
//! clocks of different machines are never compared. The leader considers itself deposed well before that, and
//! checks so before it writes; what is under way then still names the version it was decided on.

mod lease;

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use clock::SharedClock;
use k8s_openapi::api::coordination::v1::Lease;
use kube::{Api, Client, api::PostParams};
use tokio::time::{Instant, sleep, timeout};

use crate::{LeaseTimings, Settings, error::ReconcileError};
use errors::chain;
use lease::Standing;

/// The Lease's name.
const NAME: &str = "dploy-operator";
/// How long giving the lease back may take.
const FAREWELL: Duration = Duration::from_secs(2);

/// A term in office; ends by itself when it is not renewed.
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

    /// Whether this replica may write.
    pub(crate) fn check(&self) -> Result<(), ReconcileError> {
        if Instant::now() < self.end() { Ok(()) } else { Err(ReconcileError::NotLeading) }
    }
}

/// Runs for leader.
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
        let mut standing = Standing::default();
        loop {
            let began = Instant::now();
            match self.try_to_lead(&mut standing).await {
                Ok(true) => return Leadership::until(self.end_of_term(began)),
                Ok(false) => {}
                Err(error) => tracing::warn!("no answer in the election: {}", chain(&error)),
            }
            sleep(self.timings.renew_every).await;
        }
    }

    /// Renews the lease for as long as that succeeds; returns when this replica leads no more.
    pub(crate) async fn lead(&self, leadership: &Leadership) {
        let mut standing = Standing::default();
        loop {
            sleep(self.timings.renew_every).await;
            let began = Instant::now();
            let left = leadership.end().saturating_duration_since(began);
            match timeout(left, self.try_to_lead(&mut standing)).await {
                Ok(Ok(true)) => leadership.extend(self.end_of_term(began)),
                Ok(Ok(false)) | Err(_) => return,
                Ok(Err(error)) => tracing::warn!("could not renew the lease: {}", chain(&error)),
            }
        }
    }

    /// Gives the lease back, so that another replica need not wait.
    pub(crate) async fn resign(&self) {
        let given_back = timeout(FAREWELL, async {
            let Some(mut lease) = self.leases.get_opt(NAME).await? else { return Ok(()) };
            if lease::is_held_by(&lease, &self.identity) {
                lease::give_back(&mut lease, self.clock.now());
                self.leases.replace(NAME, &PostParams::default(), &lease).await?;
            }
            Ok::<_, kube::Error>(())
        });
        if let Ok(Err(error)) = given_back.await {
            tracing::debug!("the lease was not given back: {}", chain(&error));
        }
    }

    /// The others wait for the whole duration; this one stops a third earlier.
    fn end_of_term(&self, began: Instant) -> Instant {
        began + self.timings.duration * 2 / 3
    }

    /// One conditional write, if the lease is ours or free. Whether it is ours now.
    async fn try_to_lead(&self, standing: &mut Standing) -> Result<bool, kube::Error> {
        let now = self.clock.now();
        let params = PostParams::default();
        let written = match self.leases.get_opt(NAME).await? {
            None => {
                let lease = lease::first(NAME, &self.identity, self.timings.duration, now);
                self.leases.create(&params, &lease).await
            }
            Some(lease) if standing.may_take(&lease, &self.identity, Instant::now()) => {
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
