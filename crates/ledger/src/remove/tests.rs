use super::*;
use crate::{
    standing::LateWriter,
    tests::fixed::{instance, seat},
};

#[track_caller]
fn check(standing: Standing, instance: Option<Box<DployInstance>>, expected: &RemoveStep) {
    assert_eq!(&decide(Found::Seated { seat: seat(), instance, standing }), expected);
}

#[test]
fn without_a_seat_only_an_unseated_environment_is_deleted() {
    assert_eq!(decide(Found::Nothing), RemoveStep::NotFound);
    assert_eq!(decide(Found::Unseated(instance())), RemoveStep::Delete(instance()));
}

#[test]
fn a_living_environment_is_deleted_before_its_seat_is_freed() {
    let step = RemoveStep::DeleteThenFree { seat: seat(), instance: instance() };
    check(Standing::Lives, Some(instance()), &step);
}

#[test]
fn a_seat_whose_writer_can_still_write_is_fenced_before_it_is_freed() {
    let writer = LateWriter::Creates;
    let pending = PendingSeat { seat: seat(), writer, member: None };
    check(Standing::Unwritten(writer), None, &RemoveStep::FenceThenFree(pending));
}

#[test]
fn an_environment_that_ended_is_not_found() {
    check(Standing::Expired, Some(instance()), &RemoveStep::NotFound);
    check(Standing::Deleting, Some(instance()), &RemoveStep::NotFound);
}

#[test]
fn a_vacant_seat_is_freed() {
    check(Standing::Vacant, Some(instance()), &RemoveStep::Free(seat()));
    check(Standing::Vacant, None, &RemoveStep::Free(seat()));
}
