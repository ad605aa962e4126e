//! Me: the caller's name and owner key.

use kube::ResourceExt;
use wire::Me;

use crate::{
    Caller, Refusal,
    owners::{Claimant, key_to_bind},
    ports::Reads,
};

/// The caller's name, owner key and role. The owner key is the one that a launch would use.
pub(crate) async fn me(reads: &Reads, caller: &Caller) -> Result<Me, Refusal> {
    reads.filled().await?;
    let claimant = Claimant::person(caller)?;
    let owner = match reads.cache.owner_of(&claimant.identity) {
        Some(record) => record.name_any(),
        None => key_to_bind(reads, &claimant),
    };
    Ok(Me { username: claimant.name, owner, admin: caller.admin })
}
