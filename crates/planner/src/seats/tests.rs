use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;
use kube::ResourceExt;
use resources::{DployInstanceSpec, meta};

use super::*;

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + seconds).unwrap()
}

fn instance(owner: &str) -> DployInstance {
    let spec = DployInstanceSpec { owner: owner.into(), ..DployInstanceSpec::default() };
    DployInstance::new("lab-0123abcd", spec)
}

fn present(instance: DployInstance) -> Occupant {
    Occupant::Present(Box::new(instance))
}

/// What becomes of ada's seat that was first seen to wait `waited` seconds ago.
fn judged(occupant: Occupant, chosen_at: Option<&str>, waited: i64) -> SeatMove {
    let seat = Seat {
        template: "lab".into(),
        instance: "lab-0123abcd".into(),
        uuid: "0123abcd".into(),
        since: Time(at(-1000)),
        chosen_at: chosen_at.map(Into::into),
    };
    judge("ada", &SeatSeen { seat, occupant, waiting_since: at(-waited) }, at(0))
}

#[test]
fn a_seat_of_an_instance_that_lives_is_kept() {
    assert_eq!(judged(present(instance("ada")), None, 1000), SeatMove::Keep);
    assert_eq!(judged(Occupant::Unreadable { leaving: false }, None, 1000), SeatMove::Keep);
}

#[test]
fn a_seat_of_an_instance_that_is_on_its_way_out_is_free_at_once() {
    let mut leaving = instance("ada");
    leaving.metadata.deletion_timestamp = Some(Time(at(0)));
    assert_eq!(judged(present(leaving), None, 0), SeatMove::Free);
    let mut void = instance("");
    void.labels_mut().insert(meta::VOID.into(), meta::TRUE.into());
    assert_eq!(judged(present(void), None, 0), SeatMove::Free);
    assert_eq!(judged(Occupant::Unreadable { leaving: true }, None, 0), SeatMove::Free);
}

#[test]
fn a_seat_waits_half_a_minute_for_its_writer_whatever_its_own_age() {
    let wait = |seconds| SeatMove::Wait(Some(std::time::Duration::from_secs(seconds)));
    assert_eq!(judged(Occupant::Absent, None, 0), wait(30));
    assert_eq!(judged(Occupant::Absent, None, 29), wait(1));
    assert_eq!(judged(Occupant::Absent, None, 30), SeatMove::FenceThenFree);
}

#[test]
fn a_member_that_was_chosen_is_deleted_before_its_seat_is_free() {
    let wait = SeatMove::Wait(Some(std::time::Duration::from_secs(30)));
    assert_eq!(judged(present(instance("")), Some("7"), 0), wait);
    let mut member = instance("");
    member.metadata.resource_version = Some("8".into());
    let expected = SeatMove::DeleteThenFree(Box::new(member.metadata.clone()));
    assert_eq!(judged(present(member), Some("7"), 30), expected);
}

#[test]
fn nobody_can_come_to_a_member_that_is_gone_or_another_owners() {
    assert_eq!(judged(Occupant::Absent, Some("7"), 0), SeatMove::Free);
    assert_eq!(judged(present(instance("bob")), Some("7"), 0), SeatMove::Free);
}

#[test]
fn the_ledger_is_looked_at_again_for_the_first_that_waits() {
    let wait = |seconds| SeatMove::Wait(Some(std::time::Duration::from_secs(seconds)));
    let again = requeue_after(&[SeatMove::Keep, wait(9), wait(3), SeatMove::Free]);
    assert_eq!(again, Some(std::time::Duration::from_secs(3)));
    assert_eq!(requeue_after(&[SeatMove::Keep]), None);
}
