//! The reverse proxy in front of environments: each environment answers at a host of its own.
//!
//! The host isolates an environment from other environments and from Dploy itself. A visitor must
//! prove that the environment is theirs. The proof takes one round over the site's own host, where
//! the visitor is signed in (`visit`):
//!
//! 1. The environment's host sets a nonce and redirects the visitor to the site, with the nonce's
//!    hash.
//! 2. The site asks the [`Directory`] whether the environment is the visitor's, and redirects back
//!    with a ticket. A ticket is valid once, for a short time, at that host, in the browser that
//!    has the nonce.
//! 3. The environment's host takes the ticket and sets its own session cookie.
//!
//! Every later request asks the directory again. A script may send a bearer token instead. The
//! environment sees neither Dploy's cookies nor a bearer token (`cookies`, `headers`).
//!
//! What the gateway needs from outside comes in as values: where the hosts are ([`Addresses`]), who
//! a visitor is ([`Visitors`]), and where an environment answers ([`Directory`]).

mod addresses;
mod cookies;
mod directory;
mod forward;
mod headers;
mod landing;
mod notice_page;
mod vault;
mod visit;

use std::sync::Arc;

use axum::{
    Router,
    extract::{Request, State},
    middleware::{self, Next},
    response::Response,
    routing::get,
};
use clock::SharedClock;

pub use addresses::Addresses;
pub use directory::{Backend, BackendError, Directory, Visitors};

use self::{
    addresses::{Addressed, Label},
    forward::Upstream,
    notice_page::NoticePage,
    vault::Vault,
    visit::{GatewaySession, Ticket},
};

/// The gateway; clones share their tickets and sessions.
#[derive(Clone)]
pub struct Gateway {
    inner: Arc<Inner>,
}

struct Inner {
    addresses: Addresses,
    directory: Box<dyn Directory>,
    visitors: Box<dyn Visitors>,
    tickets: Vault<Ticket>,
    sessions: Vault<Arc<GatewaySession>>,
    upstream: Upstream,
}

impl Gateway {
    /// A gateway without tickets and sessions.
    #[must_use]
    pub fn new(
        addresses: Addresses,
        directory: impl Directory,
        visitors: impl Visitors,
        clock: SharedClock,
    ) -> Self {
        Self {
            inner: Arc::new(Inner {
                addresses,
                directory: Box::new(directory),
                visitors: Box::new(visitors),
                tickets: Vault::new(visit::MAX_TICKETS, visit::TICKET_LIFETIME, clock.clone()),
                sessions: Vault::new(visit::MAX_SESSIONS, visit::SESSION_LIFETIME, clock),
                upstream: Upstream::new(),
            }),
        }
    }

    /// The gateway's routes on the site's own host.
    pub fn site_routes<S: Clone + Send + Sync + 'static>(&self) -> Router<S> {
        Router::new().route("/gateway/open", get(visit::open)).with_state(self.clone())
    }

    /// Serves `site` at the site's host, environments at their hosts, and an error at any other.
    ///
    /// Environments learn a visitor's address where the request has the extension
    /// [`ConnectInfo<SocketAddr>`](axum::extract::ConnectInfo).
    pub fn in_front_of(&self, site: Router) -> Router {
        site.layer(middleware::from_fn_with_state(self.clone(), by_host))
    }

    /// Answers a request to the host of an environment.
    async fn answer(&self, label: Label, request: Request) -> Response {
        if let Some(own) = request.uri().path().strip_prefix(landing::OWN_PATHS) {
            return match own {
                "ticket" => self.redeem(&label, &request),
                _ => NoticePage::not_found(&self.inner.addresses).answer(request.headers()),
            };
        }
        match self.visitor(&label, request.headers()).await {
            Some(visitor) => self.admit(&label, visitor, request).await,
            None => self.begin_round(&label, &request),
        }
    }
}

async fn by_host(State(gateway): State<Gateway>, request: Request, next: Next) -> Response {
    match gateway.inner.addresses.addressed(request.uri(), request.headers()) {
        Addressed::Site => next.run(request).await,
        Addressed::Environment(label) => gateway.answer(label, request).await,
        Addressed::Unknown => NoticePage::misdirected().answer(request.headers()),
    }
}

#[cfg(test)]
mod tests;
