//! What a seat's instance is to the seat. Pure.

use jiff::Timestamp;
use kube::ResourceExt;
use resources::{DployInstance, Seat, meta};

/// What became of the instance that a seat names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Standing {
    /// It is the owner's and before its deadline.
    Lives,
    /// It is the owner's and past its deadline, but nobody deleted it yet.
    Expired,
    /// It is the owner's and being deleted.
    Leaving,
    /// Whoever took the seat has not made it yet, and still could.
    Unwritten(LateWriter),
    /// It never will be the owner's: void, gone for good, or somebody else's.
    Over,
}

/// What a request that took a seat may still do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LateWriter {
    /// Create the instance.
    Creates,
    /// Claim the warm member, on exactly the version that it still has.
    Claims,
}

/// What `instance`, which is what a live read of the seat's name found, is to the owner's `seat`.
pub(crate) fn standing(
    seat: &Seat,
    owner: &str,
    instance: Option<&DployInstance>,
    now: Timestamp,
) -> Standing {
    match (instance, &seat.chosen_at) {
        (None, None) => Standing::Unwritten(LateWriter::Creates),
        (None, Some(_)) => Standing::Over,
        (Some(instance), _) if is_environment(instance, owner, &seat.template) => {
            of_owned(instance, now)
        }
        // A claim names the version it was chosen at: once the member has another, the late claim fails by itself.
        (Some(member), chosen_at @ Some(_)) => {
            let is_as_chosen = member.metadata.resource_version == *chosen_at;
            let could_be_claimed = is_unclaimed(member) && is_as_chosen;
            if could_be_claimed { Standing::Unwritten(LateWriter::Claims) } else { Standing::Over }
        }
        (Some(_), None) => Standing::Over,
    }
}

/// What an instance of the owner's is to them.
pub(crate) fn of_owned(instance: &DployInstance, now: Timestamp) -> Standing {
    if is_leaving(instance) {
        Standing::Leaving
    } else if is_past_deadline(instance, now) {
        Standing::Expired
    } else {
        Standing::Lives
    }
}

/// Whether it is the owner's environment of this template.
pub(crate) fn is_environment(instance: &DployInstance, owner: &str, template: &str) -> bool {
    instance.spec.owner == owner && instance.spec.template_ref == template && !is_void(instance)
}

/// Whether it is a pool member that nobody owns and that nobody deletes.
pub(crate) fn is_unclaimed(instance: &DployInstance) -> bool {
    instance.spec.pooled
        && instance.spec.owner.is_empty()
        && !is_void(instance)
        && !is_leaving(instance)
}

/// Whether it exists only to make a late writer fail.
pub(crate) fn is_void(instance: &DployInstance) -> bool {
    instance.labels().contains_key(meta::VOID)
}

/// Whether its deletion was accepted.
pub(crate) const fn is_leaving(instance: &DployInstance) -> bool {
    instance.metadata.deletion_timestamp.is_some()
}

/// Whether its time is up.
pub(crate) fn is_past_deadline(instance: &DployInstance, now: Timestamp) -> bool {
    instance.spec.expires_at.as_ref().is_some_and(|deadline| deadline.0 <= now)
}

/// Whether a server or the operator made it, rather than somebody with kubectl (or a Dploy older than seats): those of ours
/// are called as their uuid says, and are nobody's without a seat.
pub(crate) fn is_ours(instance: &DployInstance) -> bool {
    instance.spec.uuid.as_ref().is_some_and(|uuid| {
        instance.name_any() == resources::names::instance_name(&instance.spec.template_ref, uuid)
    })
}

#[cfg(test)]
mod tests;
