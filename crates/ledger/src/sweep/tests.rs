use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;
use resources::{DployInstanceSpec, DployOwnerSpec, meta};

use super::*;

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + seconds).unwrap()
}

fn instance(owner: &str) -> DployInstance {
    let spec = DployInstanceSpec {
        template_ref: "lab".into(),
        owner: owner.into(),
        ..DployInstanceSpec::default()
    };
    DployInstance::new("lab-0123abcd", spec)
}

fn present(instance: DployInstance) -> Occupant {
    Occupant::Present(Box::new(instance))
}

/// The step for ada's seat, which the operator saw wait `waited` seconds ago.
fn judged(occupant: Occupant, chosen_at: Option<&str>, waited: i64) -> SweepStep {
    let seat = Seat {
        template: "lab".into(),
        instance: "lab-0123abcd".into(),
        uuid: "0123abcd".into(),
        since: Time(at(-1000)),
        chosen_at: chosen_at.map(Into::into),
        ticket: None,
    };
    let record = DployOwner::new("ada", DployOwnerSpec::default());
    decide(&record, &SeatSeen { seat, occupant, waiting_since: at(-waited) }, at(0))
}

#[test]
fn a_seat_of_a_living_instance_is_kept() {
    assert_eq!(judged(present(instance("ada")), None, 1000), SweepStep::Keep);
    assert_eq!(judged(Occupant::Unreadable { deleting: false }, None, 1000), SweepStep::Keep);
}

#[test]
fn a_seat_of_a_deleting_or_void_instance_is_freed_at_once() {
    let mut deleting = instance("ada");
    deleting.metadata.deletion_timestamp = Some(Time(at(0)));
    assert_eq!(judged(present(deleting), None, 0), SweepStep::Free);
    let mut void = instance("");
    void.metadata.labels = Some([(meta::VOID.into(), meta::TRUE.into())].into());
    assert_eq!(judged(present(void), None, 0), SweepStep::Free);
    assert_eq!(judged(Occupant::Unreadable { deleting: true }, None, 0), SweepStep::Free);
}

#[test]
fn a_seat_waits_thirty_seconds_for_its_writer_whatever_its_own_age() {
    let wait = |seconds| SweepStep::WaitUntil(at(seconds));
    assert_eq!(judged(Occupant::Absent, None, 0), wait(30));
    assert_eq!(judged(Occupant::Absent, None, 29), wait(1));
    assert_eq!(judged(Occupant::Absent, None, 30), SweepStep::FenceThenFree);
}

fn member(version: &str) -> DployInstance {
    let mut member = instance("");
    member.spec.pooled = true;
    member.metadata.resource_version = Some(version.into());
    member
}

#[test]
fn a_chosen_member_is_deleted_before_its_seat_is_freed() {
    assert_eq!(judged(present(member("7")), Some("7"), 0), SweepStep::WaitUntil(at(30)));
    let expected = SweepStep::DeleteThenFree(Box::new(member("7").metadata));
    assert_eq!(judged(present(member("7")), Some("7"), 30), expected);
}

#[test]
fn a_member_with_another_version_than_the_chosen_one_stays_and_its_seat_is_freed_at_once() {
    assert_eq!(judged(present(member("8")), Some("7"), 0), SweepStep::Free);
    assert_eq!(judged(present(member("8")), Some("7"), 30), SweepStep::Free);
}

#[test]
fn a_seat_of_a_deleted_or_foreign_member_is_freed() {
    assert_eq!(judged(Occupant::Absent, Some("7"), 0), SweepStep::Free);
    assert_eq!(judged(present(instance("bob")), Some("7"), 0), SweepStep::Free);
}

#[test]
fn the_next_look_is_for_the_seat_that_is_due_first() {
    let wait = |seconds| SweepStep::WaitUntil(at(seconds));
    let again = next_look(&[SweepStep::Keep, wait(9), wait(3), SweepStep::Free]);
    assert_eq!(again, Some(at(3)));
    assert_eq!(next_look(&[SweepStep::Keep]), None);
}
