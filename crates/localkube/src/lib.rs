//! An embedded Kubernetes API server for one machine. `dploy dev` and the tests use it.
//!
//! [`LocalKube`] holds the objects. [`LocalKube::client`] returns a `kube::Client` that reaches it
//! without a socket, and [`LocalKube::router`] serves the same API on a port. It implements what
//! `kube`, controllers and kubectl use of kube-apiserver, the garbage collector and the namespace
//! controller. The conformance suite in `tests/` runs against it and against a real cluster.
//!
//! # Order of the modules
//!
//! A module imports only modules above it:
//!
//! | module | contents |
//! |---|---|
//! | `meta`, `finalizers` | access to `metadata`; names of finalizers |
//! | `field_error` | one invalid field |
//! | `schema` | pruning, defaults and validation of custom resources |
//! | `kinds` | the served kinds |
//! | `error` | errors as `metav1.Status` |
//! | `selectors` | label and field selectors |
//! | `patch` | server-side apply, strategic merge, field managers |
//! | `store` | the objects, transactions, the writer and the trait of its controllers |
//! | `request` | target and options of a request |
//! | `view` | representations of objects |
//! | `admission` | completes and validates an object before a write |
//! | `api` | the verbs |
//! | `bootstrap` | the namespaces that every cluster has |
//! | `controllers` | garbage collector, namespace controller, cleanup of custom resources |
//! | `http` | paths, queries, bodies and responses |

mod admission;
mod api;
mod bootstrap;
mod controllers;
mod error;
mod field_error;
mod finalizers;
mod http;
mod kinds;
mod meta;
mod patch;
mod request;
mod schema;
mod selectors;
mod store;
mod view;

#[cfg(test)]
mod tests;

use std::{path::Path, sync::Arc};

use axum::Router;
use clock::{SharedClock, World};
use kube::Client;

pub use crate::store::{Chores, OpenError};
use crate::{controllers::WorkQueue, store::Store};

/// An embedded Kubernetes API server.
#[derive(Debug, Clone)]
pub struct LocalKube {
    store: Arc<Store>,
}

impl LocalKube {
    /// A server that keeps its objects only in memory.
    #[must_use]
    pub fn in_memory(clock: SharedClock) -> Self {
        Self { store: Arc::new(Store::in_memory(clock.into(), Box::<WorkQueue>::default())) }
    }

    /// A server in memory for deterministic simulations, and its background work, which the
    /// simulation triggers. It starts no thread, writes in the task of the caller, and takes time,
    /// uids and generated names from `world`. `max_changes` limits the history of each table: a
    /// watch that is further behind fails with 410.
    #[must_use]
    pub fn simulated(world: World, max_changes: usize) -> (Self, Chores) {
        let queue = Box::<WorkQueue>::default();
        let (store, chores) = Store::simulated(world, queue, max_changes);
        (Self { store: Arc::new(store) }, chores)
    }

    /// A server that stores its objects in a file in `dir`, which is created if it does not exist.
    ///
    /// # Errors
    /// Another server has opened the directory, or it could not be read or written.
    pub fn open(dir: &Path, clock: SharedClock) -> Result<Self, OpenError> {
        let store = Store::open(dir, clock.into(), Box::<WorkQueue>::default())?;
        Ok(Self { store: Arc::new(store) })
    }

    /// A router that serves the whole API.
    pub fn router(&self) -> Router {
        http::router(Arc::clone(&self.store))
    }

    /// A client that reaches this server without a socket. It needs a tokio runtime. It has the
    /// deadlines and retries of a client in production.
    #[must_use]
    pub fn client(&self, default_namespace: &str) -> Client {
        let world = self.store.world().clone();
        kubeclient::over(self.router(), default_namespace, world).build()
    }

    /// Drops the history of all tables. A watch that starts before the latest change of its kind
    /// then fails with 410, and so does an open watch that has not seen that change.
    pub fn compact(&self) {
        self.store.compact();
    }

    /// All objects as lines of JSON, sorted by kind, namespace and name, after a line with the
    /// latest resourceVersion.
    #[must_use]
    pub fn dump(&self) -> String {
        self.store.read().dump()
    }

    /// Commits the queued writes and releases the data directory. Clients may remain: their later
    /// writes fail, their later reads succeed.
    pub fn close(&self) {
        self.store.close();
    }

    /// A kubeconfig for a server at `url`, such as `http://127.0.0.1:6443`.
    #[must_use]
    pub fn kubeconfig(url: &str, namespace: &str) -> String {
        format!(
            "apiVersion: v1\nkind: Config\ncurrent-context: localkube\nclusters:\n- name: localkube\n  cluster:\n    \
             server: {url:?}\ncontexts:\n- name: localkube\n  context:\n    cluster: localkube\n    user: localkube\n    \
             namespace: {namespace:?}\nusers:\n- name: localkube\n  user: {{}}\n"
        )
    }
}
