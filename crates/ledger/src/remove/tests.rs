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

/// An instance with this uid and mark.
fn marked(uid: &str, mark: &str, is_deleting: bool) -> DployInstance {
    let mut instance = *instance();
    instance.metadata.uid = Some(uid.to_owned());
    instance.metadata.annotations = Some([(meta::REMOVED_BY.to_owned(), mark.to_owned())].into());
    instance.metadata.deletion_timestamp = is_deleting.then(|| seat().since);
    instance
}

#[test]
fn a_request_recognizes_its_own_deletion_and_no_other() {
    let before = marked("one", "a", false);
    assert!(is_marked_by(&before, "a") && !is_marked_by(&before, "b"));
    let check = |live: Option<&DployInstance>| was_removed_by(live, &before, "a");
    assert!(check(Some(&marked("one", "a", true))));
    assert!(!check(Some(&marked("one", "b", true))), "another request deleted it");
    assert!(!check(Some(&before)), "it is not deleted");
    assert!(check(None), "it is gone");
    assert!(check(Some(&marked("two", "", false))), "it is gone, and the name is used again");
}

#[test]
fn the_mark_is_what_is_looked_for() {
    let patch = mark("a");
    let written = serde_json::from_value(patch["metadata"]["annotations"].clone());
    let mut instance = *instance();
    instance.metadata.annotations = Some(written.expect("annotations"));
    assert!(is_marked_by(&instance, "a"));
}
