//! Fence: the write that makes a late writer of a seat fail.

use ledger::{
    fence::{self, FenceStep},
    found::PendingSeat,
};

use crate::{
    Refusal,
    cluster::{ClusterError, Writes},
};

/// Fences the writer of the seat. `false` when the writer wrote first, or may still write: the
/// caller has to decide again.
pub(crate) async fn fence(writes: &Writes, pending: &PendingSeat) -> Result<bool, Refusal> {
    let fenced = match fence::decide(pending) {
        FenceStep::CreateVoid(void) => writes.create(&void).await.map(drop),
        FenceStep::DeleteMember(member) => match writes.delete(&member).await {
            Err(ClusterError::Gone) => Ok(()),
            deleted => deleted,
        },
        FenceStep::Nothing => Ok(()),
    };
    match fenced {
        Ok(()) => Ok(true),
        Err(ClusterError::Conflict | ClusterError::Exists) => Ok(false),
        Err(error) => Err(error.into()),
    }
}
