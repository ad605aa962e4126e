//! What holds for records that were deleted, or restored without their status.

use std::collections::BTreeSet;

use proptest::prelude::*;
use resources::{DployInstance, DployOwner, DployOwnerStatus, Seat, identity_label, meta};

use super::given::{OWNER, any_record, at, identity, instance, second};
use crate::{
    binding::{OlderInstances, keys_to_bind},
    found::may_be_unseated,
    holder::identity_of,
    orphan::{needs_seat, needs_seat_in},
    quota, reseat,
    seats::{SeatKey, seat_at, seat_naming, seat_to_create, seats},
    standing::{Standing, standing},
    void::is_void,
};

fn with(record: &DployOwner, seats: Vec<Seat>) -> DployOwner {
    DployOwner { status: Some(DployOwnerStatus { seats }), ..record.clone() }
}

fn name(instance: &DployInstance) -> &str {
    instance.metadata.name.as_deref().unwrap_or_default()
}

/// The uid of the record that the instance was launched on.
fn launched_on(instance: &DployInstance) -> Option<&str> {
    instance.metadata.annotations.as_ref()?.get(meta::OWNER_RECORD_UID).map(String::as_str)
}

/// The first instance of each name.
fn distinct(mut instances: Vec<DployInstance>) -> Vec<DployInstance> {
    instances.sort_by_key(|it| name(it).to_owned());
    instances.dedup_by_key(|it| name(it).to_owned());
    instances
}

proptest! {
    #[test]
    fn a_reseat_gives_every_lost_environment_a_seat_or_leaves_it_unseated(
        record in any_record(), owned in prop::collection::vec(instance(), 0..6), now in second(),
    ) {
        let owned = distinct(owned);
        let seats_before = seats(&record).to_vec();
        let reseated = reseat::decide(&record, &owned, at(now));
        let after = reseated.map_or(record.clone(), |seats| with(&record, seats));
        prop_assert!(seats(&after).starts_with(&seats_before));
        let unique: BTreeSet<_> = seats(&after).iter().map(SeatKey::of_seat).collect();
        prop_assert_eq!(unique.len(), seats(&after).len());
        prop_assert_eq!(reseat::decide(&after, &owned, at(now)), None, "once is enough");
        for seat in &seats(&after)[seats_before.len()..] {
            let named = owned.iter().find(|it| name(it) == seat.instance);
            prop_assert_eq!(standing(seat, &after, named, at(now)), Standing::Lives);
        }
        let lives = |it: &&DployInstance| {
            let seat = seat_to_create(&SeatKey::of_instance(it), "", at(now));
            standing(&seat, &record, Some(it), at(now)) == Standing::Lives
        };
        let lost = |it: &&DployInstance| needs_seat(it) && !needs_seat_in(it, &record);
        for instance in owned.iter().filter(lives).filter(lost) {
            let key = SeatKey::of_instance(instance);
            prop_assert!(seat_at(&after, &key).is_some(), "its key is taken, if not by itself");
            let is_named = seat_naming(&after, name(instance)).is_some();
            let is_of_this_record =
                launched_on(instance) == record.metadata.uid.as_deref();
            prop_assert!(is_named || is_of_this_record
                || launched_on(instance).is_none()
                || may_be_unseated(instance, &after, &key));
        }
    }

    #[test]
    fn the_quota_counts_each_environment_once_before_and_after_a_reseat(
        record in any_record(), owned in prop::collection::vec(instance(), 0..6), now in second(),
    ) {
        let mut owned = distinct(owned);
        // Times tell less than the annotation of the launch: a reseat makes the record written.
        owned.retain(|it| launched_on(it).is_some_and(|uid| uid != "first"));
        prop_assume!(record.metadata.uid.as_deref() == Some("first"));
        let used = quota::used(&record, &owned, at(now));
        let reseated = reseat::decide(&record, &owned, at(now)).unwrap_or_else(|| seats(&record).to_vec());
        prop_assert_eq!(quota::used(&with(&record, reseated), &owned, at(now)), used);
    }

    #[test]
    fn an_identity_binds_no_key_of_another_and_comes_back_to_its_own(
        instances in prop::collection::vec(instance(), 0..6), reserved in any::<bool>(),
    ) {
        let label = identity_label(&identity(OWNER));
        let names = ["ada".to_owned(), "ada-00000000".to_owned()];
        let older = if reserved { OlderInstances::AreReserved } else { OlderInstances::AreInherited };
        let keys = keys_to_bind(&names, &label, older, &instances);
        let own: BTreeSet<&str> = instances.iter()
            .filter(|it| identity_of(it) == Some(&*label) && !is_void(it))
            .map(|it| it.spec.owner.as_str()).filter(|key| !key.is_empty()).collect();
        let first: BTreeSet<&str> = keys.iter().take(own.len()).map(String::as_str).collect();
        prop_assert_eq!(&first, &own);
        for key in keys.iter().filter(|key| !own.contains(key.as_str())) {
            let foreign = |it: &&DployInstance| {
                it.spec.owner == *key && !is_void(it)
                    && identity_of(it).map_or(reserved, |it| it != label)
            };
            prop_assert_eq!(instances.iter().find(foreign), None);
        }
    }
}
