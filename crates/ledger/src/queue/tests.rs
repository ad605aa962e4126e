use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;
use proptest::prelude::*;
use resources::{DployOwnerSpec, DployOwnerStatus, Health, Identity, Phase, identity_label};

use super::*;
use crate::{
    order::pool_member,
    seats::{seat_to_create, seats, seats_except},
    standing::{Standing, standing},
};

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).expect("a timestamp")
}

fn origin() -> Origin {
    Origin { ttl_seconds: 60, ..Origin::default() }
}

fn identity(owner: &str) -> Identity {
    Identity { claim: "sub".into(), value: owner.into(), ..Identity::default() }
}

fn order(owner: &str) -> Order {
    Order {
        owner: owner.into(),
        identity: identity_label(&identity(owner)),
        record_uid: "first".into(),
        claims: [("name".to_owned(), json!(owner))].into_iter().collect(),
        params: [("size".to_owned(), "big".to_owned())].into(),
    }
}

fn seat(uuid: &str) -> Seat {
    seat_to_create(&SeatKey::of_template("lab"), uuid, at(0))
}

fn place(owner: &str, uuid: &str, created: i64) -> DployInstance {
    let mut place = order(owner).place(&seat(uuid), origin(), at(created));
    place.metadata.creation_timestamp = Some(Time(at(created)));
    place
}

fn record(owner: &str, seats: Vec<Seat>) -> DployOwner {
    let mut record = DployOwner::new(
        owner,
        DployOwnerSpec { identity: identity(owner), ..DployOwnerSpec::default() },
    );
    record.metadata.uid = Some("first".into());
    record.status = Some(DployOwnerStatus { seats });
    record
}

fn warm(uuid: &str) -> DployInstance {
    let mut member = pool_member("lab", uuid, origin());
    member.metadata.creation_timestamp = Some(Time(at(0)));
    let status = member.status.get_or_insert_default();
    (status.phase, status.health) = (Some(Phase::Available), Some(Health::Healthy));
    member
}

/// The member as the API server stores the patch.
fn assigned(place: &DployInstance, member: DployInstance, now: i64) -> DployInstance {
    let patch = assign_patch(place, &member, at(now)).expect("a patch");
    let mut merged = serde_json::to_value(&member).expect("a value");
    json_merge(&mut merged, &patch);
    let mut member: DployInstance = serde_json::from_value(merged).expect("an instance");
    member.metadata.resource_version = Some("9".into());
    member
}

fn json_merge(target: &mut Value, patch: &Value) {
    match (target, patch) {
        (Value::Object(target), Value::Object(patch)) => {
            for (field, value) in patch {
                json_merge(target.entry(field).or_insert(Value::Null), value);
            }
        }
        (target, patch) => *target = patch.clone(),
    }
}

#[test]
fn a_place_holds_its_seat_and_has_no_deadline() {
    let place = place("ada", "00000001", 5);
    assert!(is_place(&place) && place.spec.expires_at.is_none() && place.spec.pooled);
    let seat = seat("00000001");
    let record = record("ada", vec![seat.clone()]);
    assert_eq!(standing(&seat, &record, Some(&place), at(1_000_000)), Standing::Lives);
    assert_eq!(Order::of_place(&place), order("ada"));
}

#[test]
fn an_older_place_comes_first_and_the_name_decides_within_a_second() {
    let mut places =
        [place("c", "00000003", 7), place("a", "00000002", 7), place("b", "00000009", 6)];
    places.sort_by_key(turn);
    assert_eq!(places.map(|it| it.spec.owner), ["b", "a", "c"]);
}

#[test]
fn an_assigned_member_is_the_owners_with_a_lifetime_from_now() {
    let place = place("ada", "00000001", 5);
    let member = assigned(&place, warm("00000002"), 100);
    assert_eq!((member.spec.owner.as_str(), &member.spec.params), ("ada", &place.spec.params));
    assert_eq!(member.spec.expires_at, Some(Time(at(160))));
    assert!(is_assigned(&member, &place));
    // An assignment that was cut off begins again, and only for the same place.
    assert!(assign_patch(&place, &member, at(101)).is_some());
    assert!(assign_patch(&self::place("ada", "00000003", 5), &member, at(101)).is_none());
    assert!(assign_patch(&self::place("bob", "00000001", 5), &member, at(101)).is_none());
}

#[test]
fn the_seat_moves_only_while_it_names_the_place() {
    let place = place("ada", "00000001", 5);
    let member = assigned(&place, warm("00000002"), 100);
    let step =
        |seats: Vec<Seat>, now| seat_step(Some(&record("ada", seats)), &place, &member, at(now));
    let SeatStep::Write(moved) = step(vec![seat("00000001")], 100) else { panic!("no seats") };
    assert_eq!(moved[0].instance, "lab-00000002");
    assert_eq!(step(moved, 100), SeatStep::Written);
    assert_eq!(step(Vec::new(), 100), SeatStep::GivenUp);
    assert_eq!(step(vec![seat("00000007")], 100), SeatStep::GivenUp);
    // Ten seconds before the member becomes an orphan.
    assert_eq!(step(vec![seat("00000001")], 120), SeatStep::TooLate);
    // A seat of a member past its deadline would give the owner's turn away for nothing.
    let mut short = member.clone();
    short.spec.expires_at = Some(Time(at(101)));
    let record = record("ada", vec![seat("00000001")]);
    let step = |now| seat_step(Some(&record), &place, &short, at(now));
    assert!(matches!(step(100), SeatStep::Write(_)));
    assert_eq!(step(101), SeatStep::TooLate);
}

#[test]
fn a_lost_record_does_not_say_that_the_place_was_given_up() {
    let place = place("ada", "00000001", 5);
    let member = assigned(&place, warm("00000002"), 100);
    let step = |record: Option<&DployOwner>| seat_step(record, &place, &member, at(100));
    assert_eq!(step(None), SeatStep::Unknown);
    let mut restored = record("ada", Vec::new());
    restored.status = None;
    assert_eq!(step(Some(&restored)), SeatStep::Unknown);
    let mut younger = record("ada", vec![seat("00000007")]);
    younger.metadata.uid = Some("second".into());
    assert_eq!(step(Some(&younger)), SeatStep::Unknown);
    younger.status = Some(DployOwnerStatus { seats: vec![seat("00000001")] });
    assert!(matches!(step(Some(&younger)), SeatStep::Write(_)));
}

#[test]
fn a_released_place_starts_its_lifetime_now() {
    let patch = release_patch(&place("ada", "00000001", 5), at(100));
    assert_eq!(patch["spec"], json!({ "queued": false, "expiresAt": Time(at(160)) }));
    for annotation in [meta::CLAIMED_AT, meta::RELEASED_AT] {
        assert_eq!(patch["metadata"]["annotations"][annotation], "1970-01-01T00:01:40Z");
    }
}

proptest! {
    #[test]
    fn the_other_seats_stay(others in prop::collection::vec("[a-k]{1,3}", 0..4)) {
        let place = place("ada", "00000001", 5);
        let member = assigned(&place, warm("00000002"), 100);
        let others: std::collections::BTreeSet<String> = others.into_iter().collect();
        let mut before: Vec<Seat> = others
            .iter()
            .map(|it| seat_to_create(&SeatKey::of_template(it), "00000001", at(0)))
            .collect();
        before.push(seat("00000001"));
        let record = record("ada", before.clone());
        let SeatStep::Write(after) = seat_step(Some(&record), &place, &member, at(100)) else {
            return Err(TestCaseError::fail("no seats"));
        };
        prop_assert_eq!(after.len(), seats(&record).len());
        let kept: Vec<Seat> = after.into_iter().filter(|it| before.contains(it)).collect();
        prop_assert_eq!(kept, seats_except(&record, &[&seat("00000001")]));
    }
}
