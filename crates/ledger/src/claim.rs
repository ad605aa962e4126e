//! Claim (docs/ledger.md, "Claim"): which pool members can be claimed, and in which order.

use std::hash::{DefaultHasher, Hash, Hasher};

use resources::{DployInstance, Health, Phase};

use crate::standing::is_unclaimed;

/// What a claim needs of a warm member.
#[derive(Debug, Clone, PartialEq)]
pub struct Claimable {
    /// The member's uuid.
    pub uuid: String,
    /// The lifetime in seconds of an environment of the member.
    pub ttl_seconds: i64,
}

/// What a claim needs of the member; `None` when the member is not warm.
#[must_use]
pub fn claimable(member: &DployInstance) -> Option<Claimable> {
    if !is_warm(member) {
        return None;
    }
    Some(Claimable { uuid: member.spec.uuid.clone()?, ttl_seconds: member.spec.ttl_seconds? })
}

/// Whether the member can be claimed and used at once.
#[must_use]
pub fn is_warm(member: &DployInstance) -> bool {
    let Some(status) = &member.status else { return false };
    is_unclaimed(member)
        && status.phase == Some(Phase::Available)
        && matches!(status.health, None | Some(Health::Healthy))
        && member.spec.revision.is_some()
        && member.spec.ttl_seconds.is_some()
        && member.spec.uuid.is_some()
}

/// Sorts the names of members in the order in which `owner` tries them. The order differs between
/// owners, so that many owners on several replicas do not compete for one member.
pub fn sort_for_owner(members: &mut [String], owner: &str) {
    members.sort_by_cached_key(|member| {
        let mut hash = DefaultHasher::new();
        (owner, member.as_str()).hash(&mut hash);
        hash.finish()
    });
}
