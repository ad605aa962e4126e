use super::*;
use crate::{
    standing::LateWriter,
    tests::fixed::{instance, seat},
};

fn seated(standing: Standing, instance: Option<Box<DployInstance>>) -> Found {
    Found::Seated { seat: seat(), instance, standing }
}

#[test]
fn without_a_seat_the_quota_decides() {
    assert_eq!(decide(Found::Nothing), LaunchStep::TakeSeat);
}

#[test]
fn a_living_environment_is_returned() {
    assert_eq!(decide(Found::Unseated(instance())), LaunchStep::Return(instance()));
    let found = seated(Standing::Lives, Some(instance()));
    assert_eq!(decide(found), LaunchStep::Return(instance()));
}

#[test]
fn an_expired_instance_is_deleted_before_its_seat_is_taken() {
    let found = seated(Standing::Expired, Some(instance()));
    assert_eq!(decide(found), LaunchStep::DeleteExpired(instance()));
}

#[test]
fn a_launch_waits_for_a_writer_that_can_still_write() {
    let found = seated(Standing::Unwritten(LateWriter::Creates), None);
    let pending = PendingSeat { seat: seat(), writer: LateWriter::Creates, member: None };
    assert_eq!(decide(found), LaunchStep::AwaitWriter(pending));
}

#[test]
fn a_vacant_seat_is_replaced() {
    for standing in [Standing::Deleting, Standing::Vacant] {
        assert_eq!(decide(seated(standing, Some(instance()))), LaunchStep::ReplaceSeat);
        assert_eq!(decide(seated(standing, None)), LaunchStep::ReplaceSeat);
    }
}
