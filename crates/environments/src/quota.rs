//! The quota: how many environments an owner may have, and how many count.

use jiff::Timestamp;
use ledger::{quota, seats::seats, standing::is_deleting};
use resources::{DployOwner, DployTemplateSpec};

use crate::{Refusal, owners::Owner, ports::Reads};

/// How many more environments of an owner may be in deletion than may live.
const MORE_ENDING: u32 = 5;

/// How many environments the owner may have. A template may set its own limit.
pub(crate) fn limit(
    reads: &Reads,
    record: Option<&DployOwner>,
    template: Option<&DployTemplateSpec>,
) -> u32 {
    reads.launch_defaults(template, record).max_instances_per_user
}

/// Whether the owner may launch one more environment, according to this record.
pub(crate) fn is_below_limit(
    reads: &Reads,
    record: &DployOwner,
    template: &DployTemplateSpec,
) -> bool {
    let owned = reads.cache.owned_by(&Owner::of(record));
    let used = quota::used(record, owned.iter().map(AsRef::as_ref), reads.now());
    u32::try_from(used).is_ok_and(|used| used < limit(reads, Some(record), Some(template)))
}

/// Checks how many environments of the owner are being deleted. They do not count towards the
/// limit, but each still has a namespace and a workload until it is gone.
///
/// # Errors
/// [`Refusal::TooManyEnding`]
pub(crate) fn ending_is_below_limit(
    reads: &Reads,
    record: &DployOwner,
    template: &DployTemplateSpec,
) -> Result<(), Refusal> {
    let owned = reads.cache.owned_by(&Owner::of(record));
    let ending = owned.iter().filter(|it| is_deleting(it)).count();
    let allowed = limit(reads, Some(record), Some(template)).saturating_add(MORE_ENDING);
    match u32::try_from(ending) {
        Ok(ending) if ending < allowed => Ok(()),
        _ => Err(Refusal::TooManyEnding(ending)),
    }
}

/// How many environments of the owner a list shows as used: those that are known to end do not
/// count.
pub(crate) fn listed_as_used(reads: &Reads, record: &DployOwner, now: Timestamp) -> usize {
    let owned = reads.cache.owned_by(&Owner::of(record));
    let seated = seats(record).iter().filter(|seat| {
        let instance = reads.cache.instances.get(&seat.instance);
        quota::is_listed_as_used(instance.as_deref(), now)
    });
    seated.count() + quota::unseated_count(record, owned.iter().map(AsRef::as_ref), now)
}
