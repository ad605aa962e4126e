//! The quota: how many environments an owner may have, and how many count.

use jiff::Timestamp;
use ledger::{quota, seats::seats};
use resources::{DployOwner, DployTemplateSpec};

use crate::{owners::Owner, ports::Reads};

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
