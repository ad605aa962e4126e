//! The deletion of an expired environment.

use resources::DployInstance;

use crate::{Refusal, cluster::Writes};

/// Deletes an expired instance on exactly the version that was read. `false` when another request
/// extended or deleted it first.
pub(super) async fn delete_expired(
    writes: &Writes,
    expired: &DployInstance,
) -> Result<bool, Refusal> {
    match writes.delete(expired).await {
        Ok(()) => Ok(true),
        Err(error) if error.is_overtaken() => Ok(false),
        Err(error) => Err(error.into()),
    }
}
