//! Where the gateway of `dploy dev` finds an environment.

use std::{net::SocketAddr, sync::Arc};

use resources::DployInstance;
use resources::names::instance_name;

use crate::{
    Caller, Refusal,
    ledger::standing::{Standing, of_owned},
    room::Room,
};

/// Where the gateway of `dploy dev` finds an environment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Backend {
    /// It answers here.
    Listening(SocketAddr),
    /// It belongs to the caller but does not answer yet, or no longer.
    NotListening,
}

impl Room {
    /// Where the environment with this first label of its host answers, if it is the caller's.
    pub(crate) async fn backend(
        &self,
        caller: &Caller,
        host_label: &str,
    ) -> Result<Backend, Refusal> {
        self.filled().await?;
        let owned = self.owners_of(caller);
        let mut owned = owned.iter().flat_map(|owner| self.cache.owned_by(&owner.key));
        let found = match owned.find(|it| answers_at(it, host_label)) {
            Some(found) => Some(found),
            // Our instances are called like their hosts, so that one launched a moment ago by another replica is found, too.
            None => self.owned_live(caller, host_label).await?,
        };
        let living = found.filter(|it| of_owned(it, self.clock.now()) == Standing::Lives);
        let living = living.ok_or_else(|| Refusal::NotFound(host_label.to_owned()))?;
        Ok(address(&living).map_or(Backend::NotListening, Backend::Listening))
    }

    async fn owned_live(
        &self,
        caller: &Caller,
        name: &str,
    ) -> Result<Option<Arc<DployInstance>>, Refusal> {
        let Some(instance) = self.cluster.instance(name).await? else { return Ok(None) };
        let owners = self.owners_of(caller);
        let is_theirs = owners.iter().any(|owner| owner.key == instance.spec.owner);
        Ok(is_theirs.then(|| Arc::new(instance)))
    }
}

fn answers_at(instance: &DployInstance, host_label: &str) -> bool {
    let uuid = instance.spec.uuid.as_deref().unwrap_or_default();
    !uuid.is_empty() && instance_name(&instance.spec.template_ref, uuid) == host_label
}

fn address(instance: &DployInstance) -> Option<SocketAddr> {
    instance.status.as_ref()?.engine_ref.as_ref()?.parse().ok()
}
