//! What holds for every ledger and every instance.

use std::collections::BTreeSet;

use proptest::{option, prelude::*};
use resources::{DployInstance, DployOwner, DployOwnerStatus, Seat};

use super::given::{
    OWNER, at, identity, instance, order, origin, owner, record, seat, second, uuid,
};
use crate::{
    creator::was_created_by_server,
    extend::{self, ExtendLimits, ExtendStep},
    fence::{self, FenceStep},
    found::{Found, PendingSeat},
    holder::belongs_to,
    launch::{self, LaunchStep},
    order::pool_member,
    orphan::{is_orphan, needs_seat, needs_seat_in},
    quota,
    remove::{self, RemoveStep},
    seats::{
        SeatKey, has_seat, may_still_create, seat_at, seat_to_create, seats, seats_except,
        seats_with,
    },
    standing::{LateWriter, Standing, standing, written_environment},
    sweep::{self, Occupant, SeatSeen, SweepStep},
    timeouts::{ORPHAN_GRACE, OWN_SEAT_MAX_AGE, SEAT_SWEEP_DELAY},
    void::{is_void, void_instance},
};

fn with(record: &DployOwner, seats: Vec<Seat>) -> DployOwner {
    DployOwner { status: Some(DployOwnerStatus { seats }), ..record.clone() }
}

fn keys(record: &DployOwner) -> Vec<SeatKey> {
    seats(record).iter().map(SeatKey::of_seat).collect()
}

/// The instance under the name that the seat gives it, as the API server would return it.
fn named(seat: &Seat, instance: Option<DployInstance>) -> Option<DployInstance> {
    instance.map(|mut instance| {
        instance.metadata.name = Some(seat.instance.clone());
        instance
    })
}

proptest! {
    #[test]
    fn adding_and_removing_one_key_leaves_the_other_seats(record in record(), seat in seat()) {
        let key = SeatKey::of_seat(&seat);
        let before: Vec<_> =
            seats(&record).iter().filter(|other| !key.identifies(other)).cloned().collect();
        let taken = with(&record, seats_with(&record, &seat));
        prop_assert_eq!(seat_at(&taken, &key), Some(&seat));
        prop_assert_eq!(seats_except(&taken, &[&seat]), before);
    }

    #[test]
    fn a_ledger_has_one_seat_per_key(record in record(), added in prop::collection::vec(seat(), 0..6)) {
        let ledger = added.iter().fold(record, |record, seat| with(&record, seats_with(&record, seat)));
        let unique: BTreeSet<_> = keys(&ledger).into_iter().collect();
        prop_assert_eq!(unique.len(), seats(&ledger).len());
    }

    #[test]
    fn freeing_a_seat_never_frees_the_one_that_replaced_it(record in record(), old in seat(), new in seat()) {
        prop_assume!(old != new);
        let ledger = with(&record, seats_with(&record, &new));
        prop_assert!(seats_except(&ledger, &[&old]).contains(&new));
    }

    #[test]
    fn a_writer_recognizes_only_the_environment_of_its_own_seat(
        seat in seat(), instance in option::of(instance()), now in second(),
    ) {
        let live = named(&seat, instance);
        if let Some(own) = written_environment(&seat, &owner(), live.clone(), at(now)) {
            prop_assert_eq!(own.spec.uuid.as_ref(), Some(&seat.uuid));
            prop_assert_eq!(Found::seated(seat, &owner(), live, at(now)).living(), Some(own));
        }
    }

    #[test]
    fn a_writer_recognizes_what_it_created(
        order in order(), origin in origin(), uuid in uuid(), now in second(),
    ) {
        let seat = seat_to_create(&SeatKey::of_template("desk"), &uuid, at(now));
        let created = order.instance(&seat, origin.clone(), at(now));
        let mut record = owner();
        record.metadata.name = Some(order.owner.clone());
        record.spec.identity = identity(&order.owner);
        let own = written_environment(&seat, &record, Some(created), at(now));
        prop_assert_eq!(own.is_some(), origin.ttl_seconds != 0);
        let void = void_instance(&seat);
        prop_assert_eq!(written_environment(&seat, &record, Some(void), at(now)), None);
    }

    #[test]
    fn a_seat_that_replaced_another_on_the_same_member_is_another_one(record in record(), seat in seat()) {
        let later = Seat { chosen_at: Some("later".to_owned()), ..seat.clone() };
        let ledger = with(&record, seats_with(&record, &later));
        prop_assert!(has_seat(&ledger, &later) && !has_seat(&ledger, &seat));
    }

    #[test]
    fn an_instance_is_created_only_for_a_young_seat(uuid in uuid(), since in second(), age in 0_i64..200) {
        let seat = seat_to_create(&SeatKey::of_template("desk"), &uuid, at(since));
        let is_young = age < OWN_SEAT_MAX_AGE.as_secs().cast_signed();
        prop_assert_eq!(may_still_create(&seat, at(since + age)), is_young);
    }

    #[test]
    fn a_launch_returns_only_the_owners_living_environment(
        seat in seat(), instance in option::of(instance()), now in second(),
    ) {
        let found = Found::seated(seat.clone(), &owner(), named(&seat, instance), at(now));
        if let LaunchStep::Return(instance) = launch::decide(found) {
            prop_assert!(belongs_to(&instance, &owner()));
            prop_assert_eq!(&instance.spec.template_ref, &seat.template);
            prop_assert!(instance.spec.expires_at.as_ref().is_none_or(|it| it.0 > at(now)));
            prop_assert!(instance.metadata.deletion_timestamp.is_none() && !is_void(&instance));
        }
    }

    #[test]
    fn an_unseated_environment_is_returned_only_to_its_owner(instance in instance(), now in second()) {
        let key = SeatKey::of_template("desk");
        let found = Found::unseated(instance, &owner(), &key, at(now)).unwrap_or(Found::Nothing);
        if let LaunchStep::Return(instance) = launch::decide(found) {
            prop_assert!(belongs_to(&instance, &owner()));
            prop_assert!(key.covers(&instance));
            prop_assert!(instance.spec.expires_at.as_ref().is_none_or(|it| it.0 > at(now)));
        }
    }

    #[test]
    fn a_seat_is_taken_from_a_writer_only_behind_a_fence(
        seat in seat(), instance in option::of(instance()), now in second(),
    ) {
        let instance = named(&seat, instance);
        let can_create = instance.is_none() && seat.chosen_at.is_none();
        let can_claim = seat.chosen_at.is_some() && instance.as_ref().is_some_and(|it| {
            it.spec.pooled && it.spec.owner.is_empty() && !is_void(it)
                && it.metadata.deletion_timestamp.is_none()
                && it.metadata.resource_version == seat.chosen_at
        });
        let found = Found::seated(seat, &owner(), instance, at(now));
        if can_create || can_claim {
            prop_assert!(matches!(launch::decide(found.clone()), LaunchStep::AwaitWriter(_)));
            prop_assert!(matches!(remove::decide(found), RemoveStep::FenceThenFree(_)));
        } else {
            prop_assert!(!matches!(launch::decide(found), LaunchStep::AwaitWriter(_)));
        }
    }

    #[test]
    fn launch_and_remove_delete_only_the_owners_instances(
        seat in seat(), instance in option::of(instance()), now in second(),
    ) {
        let found = Found::seated(seat.clone(), &owner(), named(&seat, instance), at(now));
        if let LaunchStep::DeleteExpired(instance) = launch::decide(found.clone()) {
            prop_assert!(belongs_to(&instance, &owner()));
            prop_assert!(instance.spec.expires_at.is_some_and(|deadline| deadline.0 <= at(now)));
        }
        if let RemoveStep::DeleteThenFree { instance, .. } = remove::decide(found) {
            prop_assert!(belongs_to(&instance, &owner()));
        }
    }

    #[test]
    fn a_void_instance_blocks_the_seats_name_and_is_never_an_environment(seat in seat(), now in second()) {
        let seat = Seat { chosen_at: None, ..seat };
        let pending = PendingSeat { seat: seat.clone(), writer: LateWriter::Creates, member: None };
        let FenceStep::CreateVoid(void) = fence::decide(&pending) else {
            return Err(TestCaseError::fail("not a void instance"));
        };
        prop_assert_eq!(void.metadata.name.as_ref(), Some(&seat.instance));
        prop_assert!(is_void(&void) && void.spec.owner.is_empty());
        prop_assert_eq!(standing(&seat, &owner(), Some(&void), at(now)), Standing::Vacant);
    }

    #[test]
    fn the_sweep_frees_no_young_seat_whose_writer_can_still_write(
        seat in seat(), instance in option::of(instance()), waited in 0_i64..60,
    ) {
        let instance = named(&seat, instance);
        let can_write = matches!(standing(&seat, &owner(), instance.as_ref(), at(0)), Standing::Unwritten(_));
        let occupant = instance.map_or(Occupant::Absent, |it| Occupant::Present(Box::new(it)));
        let seen = SeatSeen { seat, occupant, waiting_since: at(1_000) };
        let step = sweep::decide(&owner(), &seen, at(1_000 + waited));
        if can_write && waited < SEAT_SWEEP_DELAY.as_secs().cast_signed() {
            prop_assert_eq!(step, SweepStep::WaitUntil(at(1_030)));
        } else if can_write {
            prop_assert!(matches!(step, SweepStep::FenceThenFree | SweepStep::DeleteThenFree(_)));
        }
    }

    #[test]
    fn the_sweep_keeps_every_seat_of_a_living_environment(
        seat in seat(), instance in instance(), now in second(),
    ) {
        let mut instance = named(&seat, Some(instance)).expect("an instance");
        instance.spec.owner = OWNER.to_owned();
        instance.spec.template_ref = seat.template.clone();
        let lives = standing(&seat, &owner(), Some(&instance), at(now)) == Standing::Lives;
        let seen = SeatSeen { seat, occupant: Occupant::Present(Box::new(instance)), waiting_since: at(0) };
        prop_assert!(!lives || sweep::decide(&owner(), &seen, at(now)) == SweepStep::Keep);
    }

    #[test]
    fn dploy_recognizes_what_it_created(
        order in order(), seat in seat(), origin in origin(), uuid in uuid(), now in second(),
    ) {
        let environment = order.instance(&seat, origin.clone(), at(now));
        prop_assert!(was_created_by_server(&environment) && needs_seat(&environment));
        let member = pool_member(&seat.template, &uuid, origin);
        prop_assert!(was_created_by_server(&member) && !needs_seat(&member));
        let void = void_instance(&seat);
        prop_assert!(was_created_by_server(&void) && !needs_seat(&void));
    }

    #[test]
    fn a_claimed_member_still_counts_as_created_by_dploy(order in order(), origin in origin(), uuid in uuid()) {
        let patch = order.claim_patch(60, at(0));
        let mut member = pool_member("desk", &uuid, origin);
        member.spec.owner = patch["spec"]["owner"].as_str().expect("an owner").to_owned();
        let annotations = serde_json::from_value(patch["metadata"]["annotations"].clone());
        member.metadata.annotations = Some(annotations.expect("annotations"));
        prop_assert!(needs_seat(&member));
        prop_assert!(!is_orphan(&member, at(ORPHAN_GRACE.as_secs().cast_signed() - 1)));
        prop_assert!(is_orphan(&member, at(ORPHAN_GRACE.as_secs().cast_signed())));
    }

    #[test]
    fn a_fresh_seat_names_the_instance_that_its_writer_creates(
        order in order(), origin in origin(), uuid in uuid(), now in second(),
    ) {
        let seat = seat_to_create(&SeatKey::of_template("desk"), &uuid, at(now));
        let mut record = owner();
        record.metadata.name = Some(order.owner.clone());
        record.spec.identity = identity(&order.owner);
        prop_assert_eq!(
            standing(&seat, &record, None, at(now)),
            Standing::Unwritten(LateWriter::Creates)
        );
        let has_ttl = origin.ttl_seconds != 0;
        let created = order.instance(&seat, origin, at(now));
        let expected = if has_ttl { Standing::Lives } else { Standing::Expired };
        prop_assert_eq!(standing(&seat, &record, Some(&created), at(now)), expected);
    }

    #[test]
    fn the_quota_counts_each_environment_once(record in record(), owned in prop::collection::vec(instance(), 0..5), now in second()) {
        let used = quota::used(&record, &owned, at(now));
        prop_assert!((seats(&record).len()..=seats(&record).len() + owned.len()).contains(&used));
        let launched: Vec<_> = owned.into_iter().filter(|it| needs_seat_in(it, &record)).collect();
        prop_assert_eq!(quota::used(&record, &launched, at(now)), seats(&record).len());
    }

    #[test]
    fn an_extension_moves_the_deadline_and_counts_one(
        instance in instance(), extend_seconds in 1_i64..10_000, max_extends in 0_i64..5,
    ) {
        let limits = ExtendLimits { extend_seconds, max_extends };
        match extend::decide(&instance, limits) {
            ExtendStep::Extend(extension) => {
                let deadline = instance.spec.expires_at.as_ref().expect("a deadline").0;
                prop_assert_eq!(extension.deadline.as_second(), deadline.as_second() + extend_seconds);
                prop_assert_eq!(extension.count, extend::extend_count(&instance) + 1);
            }
            ExtendStep::HasNoDeadline => prop_assert!(instance.spec.expires_at.is_none()),
            ExtendStep::LimitReached(limit) => prop_assert_eq!(limit, max_extends),
        }
    }
}
