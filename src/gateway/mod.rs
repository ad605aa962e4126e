//! The gateway of `dploy dev`: a reverse proxy that serves each environment at a host of its own,
//! `http://<template>-<uuid>.localhost:<port>`.
//!
//! The host keeps environments apart in the browser, and apart from Dploy itself. Nobody gets in without proof, which takes
//! one round over the site's own host, where the visitor is signed in (`visit`):
//!
//! 1. the environment's host sets a nonce and sends the visitor to the site, with the nonce's hash;
//! 2. the site asks the rules whether the environment is the caller's, and sends them back with a ticket: it can be used once,
//!    soon, at that host, in the browser that holds the nonce;
//! 3. the environment's host takes the ticket and sets a session cookie of its own.
//!
//! Every later request asks the rules again. A script may show a bearer token instead. Whatever proves who the visitor is
//! stays here: the environment sees neither Dploy's cookies nor any bearer token (`cookies`, `headers`).

mod cookies;
mod forward;
mod headers;
mod host;
mod landing;
mod notice;
mod vault;
mod visit;

use std::sync::Arc;

use axum::{
    Router,
    extract::{Request, State},
    http::HeaderMap,
    middleware::{self, Next},
    response::Response,
    routing::get,
};
use clock::SharedClock;
use environments::{Backend, Caller, Environments, Refusal};
use futures::future::{BoxFuture, FutureExt};

use self::{
    forward::Upstream,
    host::{Addressed, Label, SiteOrigin, addressed},
    notice::Notice,
    vault::Vault,
    visit::{Session, Ticket},
};

/// Knows callers by their requests.
pub trait Visitors: Send + Sync + 'static {
    /// Who the request's cookies or bearer token prove to be asking.
    fn caller<'a>(&'a self, headers: &'a HeaderMap) -> BoxFuture<'a, Option<Caller>>;
}

/// Knows where the environments of a caller answer.
pub trait Directory: Send + Sync + 'static {
    /// Where the environment with this host label answers, if it is the caller's.
    fn backend<'a>(
        &'a self,
        caller: &'a Caller,
        label: &'a str,
    ) -> BoxFuture<'a, Result<Backend, Refusal>>;
}

impl Directory for Environments {
    fn backend<'a>(
        &'a self,
        caller: &'a Caller,
        label: &'a str,
    ) -> BoxFuture<'a, Result<Backend, Refusal>> {
        Environments::backend(self, caller, label).boxed()
    }
}

/// The gateway; clones share their tickets and sessions.
#[derive(Clone)]
pub struct Gateway {
    inner: Arc<Inner>,
}

struct Inner {
    directory: Box<dyn Directory>,
    visitors: Box<dyn Visitors>,
    site: SiteOrigin,
    tickets: Vault<Ticket>,
    sessions: Vault<Arc<Session>>,
    upstream: Upstream,
}

impl Gateway {
    /// A gateway for the site at `origin` (`http://localhost:<port>`).
    #[must_use]
    pub fn new(
        directory: impl Directory,
        origin: String,
        clock: SharedClock,
        visitors: impl Visitors,
    ) -> Self {
        Self {
            inner: Arc::new(Inner {
                directory: Box::new(directory),
                visitors: Box::new(visitors),
                site: SiteOrigin(origin),
                tickets: Vault::new(visit::MOST_TICKETS, visit::TICKET_LIFE, clock.clone()),
                sessions: Vault::new(visit::MOST_SESSIONS, visit::SESSION_LIFE, clock),
                upstream: Upstream::new(),
            }),
        }
    }

    /// What the gateway needs on the site's own host.
    pub fn main_routes<S: Clone + Send + Sync + 'static>(&self) -> Router<S> {
        Router::new().route("/gateway/open", get(visit::open)).with_state(self.clone())
    }

    /// `site` for its own host, environments for theirs, and nothing for any other.
    pub fn in_front_of(&self, site: Router) -> Router {
        site.layer(middleware::from_fn_with_state(self.clone(), by_host))
    }

    /// Answers a request to the host of an environment.
    async fn answer(&self, label: Label, request: Request) -> Response {
        if let Some(own) = request.uri().path().strip_prefix(landing::OWN_PATHS) {
            return match own {
                "ticket" => self.redeem(&label, &request),
                _ => Notice::not_found(&self.inner.site).answer(request.headers()),
            };
        }
        match self.visitor(&label, request.headers()).await {
            Some(visitor) => self.let_in(&label, visitor, request).await,
            None => self.invite(&label, &request),
        }
    }
}

async fn by_host(State(gateway): State<Gateway>, request: Request, next: Next) -> Response {
    match addressed(request.uri(), request.headers()) {
        Addressed::Site => next.run(request).await,
        Addressed::Environment(label) => gateway.answer(label, request).await,
        Addressed::Nobody => Notice::misdirected().answer(request.headers()),
    }
}

#[cfg(test)]
mod tests;
