//! An embedded Kubernetes API server, for one machine: `dploy dev` and the tests run on it.
//!
//! [`LocalKube`] keeps the objects; [`LocalKube::client`] gives a `kube::Client` that talks to it without a socket, and
//! [`LocalKube::router`] the same API to serve on a port. It does what `kube`, controllers and kubectl use of a
//! kube-apiserver and of the garbage collector and the namespace controller beside it; the suite in
//! `tests/` runs against it and against a real one.

mod admission;
mod api;
mod bootstrap;
mod controllers;
mod error;
mod http;
mod kinds;
mod meta;
mod open_error;
mod patch;
mod schema;
mod selectors;
mod store;
mod view;

use std::{path::Path, sync::Arc};

use axum::Router;
use clock::SharedClock;
use kube::Client;

pub use crate::open_error::OpenError;
use crate::store::Store;

/// An embedded Kubernetes API server.
#[derive(Debug, Clone)]
pub struct LocalKube {
    store: Arc<Store>,
}

impl LocalKube {
    /// A server that keeps its objects in memory only.
    #[must_use]
    pub fn in_memory(clock: SharedClock) -> Self {
        Self { store: Arc::new(Store::in_memory(clock)) }
    }

    /// A server that keeps its objects under `dir`.
    ///
    /// # Errors
    /// When another process has the directory, or it cannot be read or written.
    pub fn open(dir: &Path, clock: SharedClock) -> Result<Self, OpenError> {
        Ok(Self { store: Arc::new(Store::open(dir, clock)?) })
    }

    /// The whole API, to mount on a port.
    pub fn router(&self) -> Router {
        http::router(Arc::clone(&self.store))
    }

    /// A client that talks to this server without a socket. Needs a tokio runtime around it.
    #[must_use]
    pub fn client(&self, default_namespace: &str) -> Client {
        Client::new(self.router(), default_namespace)
    }

    /// Finishes the writes under way and lets go of the data directory, whatever clients there still are; what they
    /// write later is refused, what they read is answered.
    pub fn close(&self) {
        self.store.close();
    }

    /// A kubeconfig for a server that listens at `url`, such as `http://127.0.0.1:6443`.
    #[must_use]
    pub fn kubeconfig(url: &str, namespace: &str) -> String {
        format!(
            "apiVersion: v1\nkind: Config\ncurrent-context: localkube\nclusters:\n- name: localkube\n  cluster:\n    \
             server: {url:?}\ncontexts:\n- name: localkube\n  context:\n    cluster: localkube\n    user: localkube\n    \
             namespace: {namespace:?}\nusers:\n- name: localkube\n  user: {{}}\n"
        )
    }
}
