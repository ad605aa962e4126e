//! Whether what a watch keeps is up to date: the watch's last sign of life, and whether it is open.
//!
//! A quiet watch shows no events. The API server sends bookmarks, which `kube` does not pass on, and
//! ends each watch after a while. So a layer of the watch's own client records the start of each
//! watch, each message of its body, and its end.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use http::{Request, Response};
use http_body_util::BodyExt as _;
use kube::{Client, client::Body};
use tokio::time::Instant;
use tower::service_fn;

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
        Self { since: Instant::now(), last: None, closed: None, open: 0 }
    }
}

/// Open until it is dropped with the body of the watch.
struct OpenWatch(Vitals);

impl Drop for OpenWatch {
    fn drop(&mut self) {
        let mut signs = self.0.signs();
        signs.open = signs.open.saturating_sub(1);
        signs.closed = Some(Instant::now());
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
        let signs = self.signs();
        signs.last.unwrap_or(signs.since).elapsed()
    }

    /// For how long changes may have been missed: zero while the watch is open and not quiet for
    /// too long.
    #[must_use]
    pub fn out_of_date_for(&self) -> Duration {
        let signs = self.signs();
        let quiet = signs.last.unwrap_or(signs.since).elapsed();
        match (signs.open, signs.closed) {
            (0, Some(closed)) => closed.elapsed(),
            (0, None) => Duration::ZERO,
            _ if quiet > QUIET_LIMIT => quiet,
            _ => Duration::ZERO,
        }
    }

    /// A client that records the signs of life of its watches. It must not be shared by two
    /// watches.
    #[must_use]
    pub fn recording(&self, client: &Client, namespace: &str) -> Client {
        let (vitals, client) = (self.clone(), client.clone());
        let service = service_fn(move |request: Request<Body>| {
            let (vitals, client) = (vitals.clone(), client.clone());
            async move {
                let is_watch = is_watch(&request);
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
        self.record();
        self.signs().open += 1;
        OpenWatch(self.clone())
    }

    fn signs(&self) -> MutexGuard<'_, Signs> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn is_watch(request: &Request<Body>) -> bool {
    let query = request.uri().query().unwrap_or_default();
    query.split('&').any(|parameter| parameter == "watch=true")
}

#[cfg(test)]
mod tests;
