//! Backend: the address at which the gateway of `dploy dev` reaches an environment.

use std::{net::SocketAddr, sync::Arc};

use ledger::{
    holder::is_of_another_identity,
    standing::{Standing, standing_of_owned},
};
use resources::{DployInstance, names::instance_name};

use crate::{Caller, Refusal, owners::owners_of, ports::Reads};

/// The address at which the gateway of `dploy dev` reaches an environment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Backend {
    /// The environment listens at this address.
    Listening(SocketAddr),
    /// The environment is the caller's but does not listen.
    NotListening,
}

/// The backend of the environment with this first label of its host.
///
/// # Errors
/// [`Refusal::NotFound`] when no environment of the caller with that host lives.
pub(crate) async fn backend(
    reads: &Reads,
    caller: &Caller,
    host_label: &str,
) -> Result<Backend, Refusal> {
    reads.filled().await?;
    let owners = owners_of(reads, caller);
    let mut owned = owners.iter().flat_map(|owner| reads.cache.owned_by(owner));
    let found = match owned.find(|it| has_host(it, host_label)) {
        Some(found) => Some(found),
        // An instance that a server created has the name of its host. A live read finds it by that
        // name before the watch of this replica reports it.
        None => owned_live(reads, caller, host_label).await?,
    };
    let living = found.filter(|it| standing_of_owned(it, reads.now()) == Standing::Lives);
    let living = living.ok_or_else(|| Refusal::NotFound(host_label.to_owned()))?;
    Ok(address(&living).map_or(Backend::NotListening, Backend::Listening))
}

async fn owned_live(
    reads: &Reads,
    caller: &Caller,
    name: &str,
) -> Result<Option<Arc<DployInstance>>, Refusal> {
    let Some(instance) = reads.live.instance(name).await? else { return Ok(None) };
    let owners = owners_of(reads, caller);
    let is_callers = owners.iter().any(|owner| {
        owner.key == instance.spec.owner && !is_of_another_identity(&instance, &owner.identity)
    });
    Ok(is_callers.then(|| Arc::new(instance)))
}

fn has_host(instance: &DployInstance, host_label: &str) -> bool {
    let uuid = instance.spec.uuid.as_deref().unwrap_or_default();
    !uuid.is_empty() && instance_name(&instance.spec.template_ref, uuid) == host_label
}

fn address(instance: &DployInstance) -> Option<SocketAddr> {
    instance.status.as_ref()?.engine_ref.as_ref()?.parse().ok()
}
