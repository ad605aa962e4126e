use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;
use resources::{DployInstanceSpec, DployOwnerSpec, meta};

use super::*;

const NOW: i64 = 1_000;

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).expect("a time")
}

fn seat(chosen_at: Option<&str>) -> Seat {
    Seat {
        template: "desk".to_owned(),
        instance: "desk-00000000".to_owned(),
        uuid: "00000000".to_owned(),
        since: Time(at(0)),
        chosen_at: chosen_at.map(str::to_owned),
        ticket: None,
    }
}

fn instance(owner: &str, version: &str, change: impl FnOnce(&mut DployInstance)) -> DployInstance {
    let spec = DployInstanceSpec {
        template_ref: "desk".to_owned(),
        owner: owner.to_owned(),
        uuid: Some("00000000".to_owned()),
        pooled: owner.is_empty(),
        ..DployInstanceSpec::default()
    };
    let mut instance = DployInstance::new("desk-00000000", spec);
    instance.metadata.resource_version = Some(version.to_owned());
    change(&mut instance);
    instance
}

#[track_caller]
fn check(seat: &Seat, instance: Option<&DployInstance>, expected: Standing) {
    let record = DployOwner::new("ada", DployOwnerSpec::default());
    assert_eq!(standing(seat, &record, instance, at(NOW)), expected);
}

fn void(instance: &mut DployInstance) {
    instance.metadata.labels = Some([(meta::VOID.to_owned(), meta::TRUE.to_owned())].into());
}

fn deleting(instance: &mut DployInstance) {
    instance.metadata.deletion_timestamp = Some(Time(at(1)));
}

fn ends(second: i64) -> impl FnOnce(&mut DployInstance) {
    move |instance| instance.spec.expires_at = Some(Time(at(second)))
}

#[test]
fn the_owners_instance_lives_until_its_deadline() {
    check(&seat(None), Some(&instance("ada", "1", |_| ())), Standing::Lives);
    check(&seat(None), Some(&instance("ada", "1", ends(NOW + 1))), Standing::Lives);
    check(&seat(None), Some(&instance("ada", "1", ends(NOW))), Standing::Expired);
    check(&seat(None), Some(&instance("ada", "1", deleting)), Standing::Deleting);
}

#[test]
fn an_instance_that_is_not_there_may_still_be_created() {
    check(&seat(None), None, Standing::Unwritten(LateWriter::Creates));
}

#[test]
fn a_member_may_be_claimed_only_on_the_version_that_was_chosen() {
    let member = instance("", "7", |_| ());
    check(&seat(Some("7")), Some(&member), Standing::Unwritten(LateWriter::Claims));
    check(&seat(Some("6")), Some(&member), Standing::Vacant);
    check(&seat(Some("7")), Some(&instance("", "7", deleting)), Standing::Vacant);
    check(&seat(Some("7")), None, Standing::Vacant);
}

#[test]
fn void_instances_and_other_peoples_end_a_seat() {
    let of_another = |it: &mut DployInstance| {
        it.metadata.labels = Some([(meta::IDENTITY.to_owned(), "of another".to_owned())].into());
    };
    check(&seat(None), Some(&instance("ada", "1", of_another)), Standing::Vacant);
    check(&seat(None), Some(&instance("", "1", void)), Standing::Vacant);
    check(&seat(None), Some(&instance("bob", "1", |_| ())), Standing::Vacant);
    check(&seat(Some("1")), Some(&instance("bob", "1", |_| ())), Standing::Vacant);
    check(
        &seat(None),
        Some(&instance("ada", "1", |it| it.spec.template_ref = "x".to_owned())),
        Standing::Vacant,
    );
}
