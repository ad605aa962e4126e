//! What stands in front of the site: the development provider's routes, and the gateway.

use std::net::{Ipv4Addr, SocketAddr};

use axum::{Extension, Router, extract::ConnectInfo};
use clock::SharedClock;
use environments::Environments;
use gateway::{Addresses, Gateway};
use identity::Identity;

use crate::{
    Development,
    directory::{CallerOf, OwnedEnvironments},
    provider::Provider,
};

/// The gateway and the provider, to be combined with the site's router.
#[derive(Clone)]
pub struct Front {
    gateway: Gateway,
    provider: Provider,
}

impl Development {
    /// The front of a site that uses these `environments` and this `identity`.
    #[must_use]
    pub fn front(
        &self,
        environments: Environments,
        identity: Identity,
        caller_of: CallerOf,
        clock: SharedClock,
    ) -> Front {
        let directory = OwnedEnvironments { environments, caller_of };
        let gateway = Gateway::new(self.addresses(), directory, identity, clock);
        Front { gateway, provider: self.provider.clone() }
    }

    /// Every host is `localhost` or below it, which browsers resolve to this machine.
    fn addresses(&self) -> Addresses {
        Addresses {
            site: self.origin(),
            site_aliases: ["127.0.0.1", "[::1]"].map(str::to_owned).to_vec(),
            environments: format!("localhost:{}", self.port),
        }
    }
}

impl Front {
    /// The routes that belong to the site's own host.
    pub fn site_routes<S: Clone + Send + Sync + 'static>(&self) -> Router<S> {
        let provider = self.provider.router().with_state(());
        Router::new().merge(self.gateway.site_routes()).nest("/dev", provider)
    }

    /// `site` at its own host, and every environment at a host of its own.
    pub fn in_front_of(&self, site: Router) -> Router {
        // Every visitor is on this machine: the server listens on loopback.
        let visitor = ConnectInfo(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)));
        self.gateway.in_front_of(site).layer(Extension(visitor))
    }
}
