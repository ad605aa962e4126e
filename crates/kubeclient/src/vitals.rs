//! Whether what a watch keeps is up to date: the watch's last sign of life, and whether it is open.
//!
//! A quiet watch shows no events. The API server sends bookmarks, which `kube` does not pass on,
//! and ends each watch after a while. So a layer of the watch's own client records the start of
//! each watch, each message of its body, and its end.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use http::{Request, Response};
use http_body_util::BodyExt as _;
use kube::{Client, client::Body};
use tokio::time::Instant;
use tower::service_fn;

use crate::call::Call;

/// How long an open watch may be quiet until what it keeps counts as out of date. An API server
/// sends a bookmark about every minute.
const QUIET_LIMIT: Duration = Duration::from_secs(75);

/// The signs of life of one watch, which is opened again and again. Clones share them.
#[derive(Debug, Clone, Default)]
pub struct Vitals(Arc<Mutex<Signs>>);

#[derive(Debug)]
struct Signs {
    since: Instant,
    last: Option<Instant>,
    closed: Option<Instant>,
    open: usize,
}

impl Default for Signs {
    fn default() -> Self {
        Self::at(Instant::now())
    }
}

impl Signs {
    const fn at(now: Instant) -> Self {
        Self { since: now, last: None, closed: None, open: 0 }
    }

    const fn open(&mut self, now: Instant) {
        self.last = Some(now);
        self.open += 1;
    }

    const fn close(&mut self, now: Instant) {
        self.open = self.open.saturating_sub(1);
        self.closed = Some(now);
    }

    fn quiet_for(&self, now: Instant) -> Duration {
        now.duration_since(self.last.unwrap_or(self.since))
    }

    fn out_of_date_for(&self, now: Instant) -> Duration {
        match (self.open, self.closed) {
            (0, Some(closed)) => now.duration_since(closed),
            (0, None) => Duration::ZERO,
            _ => Some(self.quiet_for(now)).filter(|quiet| *quiet > QUIET_LIMIT).unwrap_or_default(),
        }
    }
}

/// Open until it is dropped with the body of the watch.
struct OpenWatch(Vitals);

impl Drop for OpenWatch {
    fn drop(&mut self) {
        self.0.signs().close(Instant::now());
    }
}

impl Vitals {
    /// Records a sign of life.
    pub fn record(&self) {
        self.signs().last = Some(Instant::now());
    }

    /// When the last sign of life will be `limit` old. `None`: there was none.
    #[must_use]
    pub fn old_at(&self, limit: Duration) -> Option<Instant> {
        self.signs().last.map(|at| at + limit)
    }

    /// The time since the last sign of life, or since the start if there was none.
    #[must_use]
    pub fn quiet_for(&self) -> Duration {
        self.signs().quiet_for(Instant::now())
    }

    /// For how long changes may have been missed: zero while the watch is open and not quiet for
    /// too long.
    #[must_use]
    pub fn out_of_date_for(&self) -> Duration {
        self.signs().out_of_date_for(Instant::now())
    }

    /// A client that records the signs of life of its watches. It must not be shared by two
    /// watches.
    #[must_use]
    pub fn recording(&self, client: &Client, namespace: &str) -> Client {
        let (vitals, client) = (self.clone(), client.clone());
        let service = service_fn(move |request: Request<Body>| {
            let (vitals, client) = (vitals.clone(), client.clone());
            async move {
                let is_watch = matches!(Call::of(&request), Call::Watch { .. });
                let response = client.send(request).await?;
                let open = (is_watch && response.status().is_success()).then(|| vitals.open());
                let recorded = response.map(|body| {
                    body.map_frame(move |frame| {
                        open.iter().for_each(|open| open.0.record());
                        frame
                    })
                });
                Ok::<Response<_>, kube::Error>(recorded)
            }
        });
        Client::new(service, namespace)
    }

    fn open(&self) -> OpenWatch {
        self.signs().open(Instant::now());
        OpenWatch(self.clone())
    }

    fn signs(&self) -> MutexGuard<'_, Signs> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests;
