//! Which reconciles a change wakes: those whose decision it can change, and no other.
//!
//! A change has a state before and a state after; one of them is `None` when the object was created
//! or deleted, or when it cannot be read. Each reconcile also looks again by itself after a while.

use k8s_openapi::api::core::v1::Namespace;
use ledger::{
    orphan::needs_seat,
    queue::{is_place, turn},
    seats::{seat_naming, seats},
    standing::{is_deleting, is_unclaimed},
    void::is_void,
};
use resources::{DployInstance, DployOwner, DployTemplate, OperatorConfig, Seat};

use crate::pool::Member;

/// A change of one object.
#[derive(Debug)]
pub struct Change<'a, K> {
    /// The object before the change.
    pub before: Option<&'a K>,
    /// The object after it.
    pub after: Option<&'a K>,
}

impl<K> Clone for Change<'_, K> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<K> Copy for Change<'_, K> {}

impl<'a, K> Change<'a, K> {
    /// Whether this aspect of the object is another one now. An object that came or went has
    /// another one in any case, unless `aspect` is `None` for it.
    fn alters<T: PartialEq>(self, aspect: impl Fn(&'a K) -> Option<T>) -> bool {
        self.before.and_then(&aspect) != self.after.and_then(&aspect)
    }
}

/// Whether the change of a template wakes the instance. An instance with a revision depends on
/// nothing but the template's existence, and only while it is unclaimed or waits in the queue. One
/// without a revision waits for the template's.
#[must_use]
pub fn template_wakes(template: Change<'_, DployTemplate>, instance: &DployInstance) -> bool {
    if instance.spec.revision.is_none() {
        return template.alters(|it| {
            let revision = it.status.as_ref().and_then(|status| status.revision.as_ref());
            Some((&it.metadata.uid, revision))
        });
    }
    let ends_with_it = is_unclaimed(instance) || is_place(instance);
    ends_with_it && template.alters(|it| Some(&it.metadata.uid))
}

/// Whether the change of a namespace wakes the instance that it is labelled with. The operator
/// knows what it creates itself, and the API server refuses a second namespace of that name.
#[must_use]
pub fn namespace_wakes(namespace: Change<'_, Namespace>) -> bool {
    let is_new = namespace.before.is_none();
    let is_ending = |it: &Namespace| it.metadata.deletion_timestamp.is_some();
    !is_new || namespace.after.is_some_and(is_ending)
}

/// Whether the change of the OperatorConfig wakes what depends on it.
#[must_use]
pub fn config_wakes(config: Change<'_, OperatorConfig>) -> bool {
    config.alters(|it| Some((&it.metadata.uid, it.metadata.generation)))
}

/// Whether the change of the owner record `owner` wakes the instance: one that no seat of the
/// record names now, and whose next step depends on that. A seat that is added allows nothing.
#[must_use]
pub fn record_wakes(owner: &str, record: Change<'_, DployOwner>, instance: &DployInstance) -> bool {
    let depends = is_deleting(instance) || is_void(instance) || needs_seat(instance);
    let name = crate::metadata::name(&instance.metadata);
    let names = |it: &DployOwner| seat_naming(it, name).is_some();
    depends
        && !record.after.is_some_and(names)
        && (instance.spec.owner == owner || record.before.is_some_and(names))
}

/// The seats that the record has now and did not have before. One that names a place which exists
/// already wakes the place's template: the place may have been set aside.
pub fn seats_added(record: Change<'_, DployOwner>) -> impl Iterator<Item = &Seat> {
    let before = record.before.map_or(&[][..], seats);
    let after = record.after.map_or(&[][..], seats);
    after.iter().filter(|seat| !before.contains(seat))
}

/// Whether the change of an instance wakes the template whose pool has it: the pool is counted
/// otherwise, or its queue is another one.
#[must_use]
pub fn instance_wakes_pool(instance: Change<'_, DployInstance>) -> bool {
    instance.alters(|it| {
        let (member, place) = (Member::of(it, false), is_place(it).then(|| turn(it)));
        let counts = member.is_some() || place.is_some();
        counts.then_some((member, place, &it.spec.revision, &it.spec.template_ref))
    })
}

/// Whether the change of an instance wakes the owner record: one of its seats may have to go, or
/// the instance may have lost its own. Labels say whose it is and who created it.
#[must_use]
pub fn instance_wakes_record(instance: Change<'_, DployInstance>) -> bool {
    instance.alters(|it| {
        let metadata = &it.metadata;
        let standing = (is_deleting(it), is_void(it), needs_seat(it));
        Some((&metadata.uid, &metadata.labels, &it.spec.owner, standing))
    })
}

#[cfg(test)]
mod tests;
