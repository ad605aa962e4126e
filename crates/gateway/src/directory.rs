//! What the gateway asks for: who a visitor is, and where a visitor's environment answers.

use std::{error::Error, net::SocketAddr, sync::Arc};

use axum::http::{HeaderMap, Method};
use futures::future::{BoxFuture, FutureExt};
use identity::{Identity, Principal};
use thiserror::Error;

/// Verifies the credentials of requests.
pub trait Visitors: Send + Sync + 'static {
    /// The identity that the request's cookies or bearer token prove.
    fn verify<'a>(&'a self, headers: &'a HeaderMap) -> BoxFuture<'a, Option<Arc<Principal>>>;
}

impl Visitors for Identity {
    fn verify<'a>(&'a self, headers: &'a HeaderMap) -> BoxFuture<'a, Option<Arc<Principal>>> {
        async move { self.authenticate(headers, &Method::GET).await.principal?.ok() }.boxed()
    }
}

/// Finds the environments of visitors.
pub trait Directory: Send + Sync + 'static {
    /// Where the environment with this first label of its host answers.
    fn backend<'a>(
        &'a self,
        visitor: &'a Principal,
        label: &'a str,
    ) -> BoxFuture<'a, Result<Backend, BackendError>>;
}

/// Where an environment answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Backend {
    /// It listens at this address.
    Listening(SocketAddr),
    /// It exists, but does not listen yet, or does not listen any longer.
    NotListening,
}

/// Why there is no backend for a visitor.
#[derive(Debug, Error)]
pub enum BackendError {
    /// The environment does not exist or belongs to another owner.
    #[error("the visitor has no such environment")]
    NotFound,
    /// The directory cannot answer now.
    #[error("could not look up the visitor's environment")]
    Unavailable(#[source] Box<dyn Error + Send + Sync>),
}
