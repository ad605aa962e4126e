//! Fence: the write that makes a late writer of a seat fail.

use kube::ResourceExt;
use ledger::{
    fence::{self, FenceStep},
    found::PendingSeat,
    standing::is_deleting,
    void::is_void,
};
use resources::DployInstance;

use crate::{
    Refusal,
    own_effect::{Effect, or_own_effect},
    ports::Ports,
};

/// Fences the writer of the seat. `false` when the writer wrote first, or may still write: the
/// caller has to decide again.
pub(crate) async fn fence(ports: Ports<'_>, pending: &PendingSeat) -> Result<bool, Refusal> {
    let fenced = match fence::decide(pending) {
        FenceStep::CreateVoid(void) => create_void(ports, &void).await?,
        FenceStep::DeleteMember(member) => delete_member(ports, &member).await?,
        FenceStep::Nothing => Some(()),
    };
    Ok(fenced.is_some())
}

/// `None` when the name is taken by an instance that is not void.
async fn create_void(ports: Ports<'_>, void: &DployInstance) -> Result<Option<()>, Refusal> {
    let created = ports.writes.create(void).await.map(drop);
    let taken = async {
        Ok(match ports.reads.live.instance(&void.name_any()).await? {
            Some(live) if is_void(&live) => Effect::Own(()),
            Some(_) => Effect::Never,
            None => Effect::Open,
        })
    };
    or_own_effect(created, taken).await
}

/// `None` when the member was claimed or changed.
async fn delete_member(ports: Ports<'_>, member: &DployInstance) -> Result<Option<()>, Refusal> {
    let deleted = ports.writes.delete(member).await;
    let gone = async {
        let Some(live) = ports.reads.live.instance(&member.name_any()).await? else {
            return Ok(Effect::Own(()));
        };
        let is_gone = |it: &DployInstance| is_deleting(it) && it.spec.owner.is_empty();
        Ok(Effect::on(member, Some(live), is_gone).map(drop))
    };
    or_own_effect(deleted, gone).await
}
