use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;
use resources::DployInstanceSpec;

use super::*;

fn seat() -> Seat {
    Seat {
        template: "desk".to_owned(),
        instance: "desk-00000000".to_owned(),
        uuid: "00000000".to_owned(),
        since: Time(jiff::Timestamp::UNIX_EPOCH),
        chosen_at: None,
    }
}

fn instance() -> Box<DployInstance> {
    Box::new(DployInstance::new("desk-00000000", DployInstanceSpec::default()))
}

fn seated(standing: Standing, instance: Option<Box<DployInstance>>) -> Found {
    Found::Seat { seat: seat(), instance, standing }
}

#[test]
fn without_a_seat_the_quota_is_asked() {
    assert_eq!(decide(Found::Nothing), LaunchStep::TakeFirst);
}

#[test]
fn what_lives_is_returned() {
    assert_eq!(decide(Found::Unseated(instance())), LaunchStep::Return(instance()));
    let found = seated(Standing::Lives, Some(instance()));
    assert_eq!(decide(found), LaunchStep::Return(instance()));
}

#[test]
fn what_is_past_its_deadline_is_deleted_before_its_seat_is_taken() {
    let found = seated(Standing::Expired, Some(instance()));
    assert_eq!(decide(found), LaunchStep::Retire(instance()));
}

#[test]
fn a_writer_that_may_still_come_is_waited_for() {
    let found = seated(Standing::Unwritten(LateWriter::Creates), None);
    let pending = Pending { seat: seat(), writer: LateWriter::Creates, member: None };
    assert_eq!(decide(found), LaunchStep::Await(pending));
}

#[test]
fn a_seat_that_holds_nothing_any_more_is_taken_over() {
    for standing in [Standing::Leaving, Standing::Over] {
        assert_eq!(decide(seated(standing, Some(instance()))), LaunchStep::TakeOver);
        assert_eq!(decide(seated(standing, None)), LaunchStep::TakeOver);
    }
}
