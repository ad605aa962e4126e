//! The deletion of an expired environment.

use kube::ResourceExt;
use ledger::standing::is_deleting;
use resources::DployInstance;

use crate::{
    Refusal,
    own_effect::{Effect, or_own_effect},
    ports::Ports,
};

/// Deletes an expired instance on exactly the version that was read. `false` when another request
/// extended it first.
pub(super) async fn delete_expired(
    ports: Ports<'_>,
    expired: &DployInstance,
) -> Result<bool, Refusal> {
    let deleted = ports.writes.delete(expired).await;
    let gone = async {
        let live = ports.reads.live.instance(&expired.name_any()).await?;
        Ok(match live {
            None => Effect::Own(()),
            Some(live) => Effect::on(expired, Some(live), is_deleting).map(drop),
        })
    };
    Ok(or_own_effect(deleted, gone).await?.is_some())
}
