use resources::{
    DployInstanceSpec, DployOwnerSpec, DployOwnerStatus, instance_labels, meta,
    names::instance_name,
};

use super::*;

const NOW: i64 = 1_000;

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).expect("a time")
}

/// An instance of ada's that was launched on the record with this uid.
fn launched(template: &str, uuid: &str, uid: &str, created: i64) -> DployInstance {
    let spec = DployInstanceSpec {
        template_ref: template.to_owned(),
        owner: "ada".to_owned(),
        uuid: Some(uuid.to_owned()),
        ..DployInstanceSpec::default()
    };
    let mut instance = DployInstance::new(&instance_name(template, uuid), spec);
    instance.metadata.labels = Some(instance_labels(template));
    instance.metadata.annotations =
        Some([(meta::OWNER_RECORD_UID.to_owned(), uid.to_owned())].into());
    instance.metadata.creation_timestamp = Some(Time(at(created)));
    instance.metadata.resource_version = Some("7".to_owned());
    instance
}

fn record(uid: &str, status: Option<DployOwnerStatus>) -> DployOwner {
    let mut record = DployOwner::new("ada", DployOwnerSpec::default());
    record.metadata.uid = Some(uid.to_owned());
    record.metadata.creation_timestamp = Some(Time(at(500)));
    record.status = status;
    record
}

fn reseated(record: &DployOwner, instances: &[DployInstance]) -> Vec<String> {
    let seats = decide(record, instances, at(NOW)).unwrap_or_default();
    seats.into_iter().map(|seat| seat.instance).collect()
}

#[test]
fn a_record_that_was_never_written_gets_a_seat_for_each_living_environment() {
    let instances =
        [launched("lab", "0000000a", "new", 600), launched("desk", "0000000b", "old", 9)];
    assert_eq!(reseated(&record("new", None), &instances), ["desk-0000000b", "lab-0000000a"]);
}

#[test]
fn a_written_record_gets_seats_only_for_what_was_launched_on_another() {
    let instances =
        [launched("lab", "0000000a", "new", 1), launched("desk", "0000000b", "old", 900)];
    let written = record("new", Some(DployOwnerStatus::default()));
    assert_eq!(reseated(&written, &instances), ["desk-0000000b"]);
}

#[test]
fn an_instance_of_an_older_dploy_is_older_than_a_record_that_replaced_its_own() {
    let mut older = launched("desk", "0000000b", "", 499);
    older.metadata.annotations = None;
    let written = record("new", Some(DployOwnerStatus::default()));
    assert_eq!(reseated(&written, std::slice::from_ref(&older)), ["desk-0000000b"]);
    older.metadata.creation_timestamp = Some(Time(at(500)));
    assert_eq!(decide(&written, [&older], at(NOW)), None, "it was launched on this record");
}

#[test]
fn the_oldest_of_two_environments_of_one_template_gets_the_seat() {
    let instances =
        [launched("desk", "0000000a", "old", 9), launched("desk", "0000000b", "old", 8)];
    assert_eq!(reseated(&record("new", None), &instances), ["desk-0000000b"]);
}

#[test]
fn a_member_goes_before_the_place_whose_owner_it_was_given_to() {
    let mut place = launched("desk", "0000000a", "old", 8);
    place.spec.queued = true;
    let mut member = launched("desk", "0000000b", "old", 9);
    let unserved = [place.clone(), member.clone()];
    assert_eq!(reseated(&record("new", None), &unserved), ["desk-0000000a"]);
    let queued_as = (meta::QUEUED_AS.to_owned(), "desk-0000000a".to_owned());
    member.metadata.annotations.get_or_insert_default().extend([queued_as]);
    assert_eq!(reseated(&record("new", None), &[place, member]), ["desk-0000000b"]);
}

#[test]
fn what_has_ended_or_is_of_somebody_else_or_was_adopted_gets_no_seat() {
    let mut ended = launched("a", "0000000a", "old", 9);
    ended.spec.expires_at = Some(Time(at(NOW)));
    let mut deleting = launched("b", "0000000b", "old", 9);
    deleting.metadata.deletion_timestamp = Some(Time(at(NOW)));
    let mut bobs = launched("c", "0000000c", "old", 9);
    bobs.metadata.labels.as_mut().unwrap().insert(meta::IDENTITY.to_owned(), "bob's".to_owned());
    let mut adopted = launched("d", "0000000d", "old", 9);
    adopted.metadata.annotations = Some([(meta::ADOPTED.to_owned(), meta::TRUE.to_owned())].into());
    let mut unclaimed = launched("e", "0000000e", "old", 9);
    unclaimed.spec.owner = String::new();
    let none = decide(&record("new", None), &[ended, deleting, bobs, adopted, unclaimed], at(NOW));
    assert_eq!(none, None);
}

#[test]
fn a_claimed_member_gets_its_seat_with_a_version_and_the_time_of_its_claim() {
    let mut member = launched("desk", "0000000a", "old", 9);
    member.spec.pooled = true;
    let claimed = (meta::CLAIMED_AT.to_owned(), timestamps::text(at(70)));
    member.metadata.annotations = Some([claimed].into());
    let seat = decide(&record("new", None), [&member], at(NOW)).unwrap().remove(0);
    assert_eq!((seat.chosen_at.as_deref(), seat.since.0), (Some("7"), at(70)));
}
