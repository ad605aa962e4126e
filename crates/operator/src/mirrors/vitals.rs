//! Whether a mirror is up to date: the last sign of life of its watch.
//!
//! A quiet watch shows no events. The API server sends bookmarks, which `kube` does not pass on,
//! and ends each watch after a while. So a layer of the mirror's client records the start of each
//! watch and each message of its body.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use http::{Request, Response};
use http_body_util::BodyExt;
use kube::{Client, client::Body};
use tokio::time::Instant;
use tower::service_fn;

/// The last sign of life of one mirror. Clones share it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Vitals(Arc<Mutex<Option<Instant>>>);

impl Vitals {
    /// Records a sign of life.
    pub(super) fn record(&self) {
        *self.last_sign() = Some(Instant::now());
    }

    /// When a mirror without another sign of life will be `limit` old. `None`: it never showed one.
    pub(super) fn old_at(&self, limit: Duration) -> Option<Instant> {
        self.last_sign().map(|at| at + limit)
    }

    /// The client of a mirror, which records the signs of life of its watches.
    pub(super) fn recording(&self, client: &Client, namespace: &str) -> Client {
        let (vitals, client) = (self.clone(), client.clone());
        let service = service_fn(move |request: Request<Body>| {
            let (vitals, client) = (vitals.clone(), client.clone());
            async move {
                let is_watch = is_watch(&request);
                let response = client.send(request).await?;
                let vitals = (is_watch && response.status().is_success()).then_some(vitals);
                vitals.iter().for_each(Self::record);
                let recorded = response.map(|body| {
                    body.map_frame(move |frame| {
                        vitals.iter().for_each(Self::record);
                        frame
                    })
                });
                Ok::<Response<_>, kube::Error>(recorded)
            }
        });
        Client::new(service, namespace)
    }

    fn last_sign(&self) -> MutexGuard<'_, Option<Instant>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn is_watch(request: &Request<Body>) -> bool {
    let query = request.uri().query().unwrap_or_default();
    query.split('&').any(|parameter| parameter == "watch=true")
}
