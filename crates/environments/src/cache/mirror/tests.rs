use resources::{DployInstance, DployInstanceSpec};

use super::{contents::version, *};
use crate::cache::InstanceKey;

mod interleavings;

fn mirror() -> (Arc<Mirror<DployInstance>>, broadcast::Receiver<ListChange>) {
    let changes = broadcast::Sender::new(16);
    let receiver = changes.subscribe();
    let mirror = Mirror::new(changes);
    mirror.apply(MirrorEvent::ListStarted);
    mirror.apply(MirrorEvent::ListComplete);
    (mirror, receiver)
}

fn instance(name: &str, owner: &str, version: u64) -> DployInstance {
    let spec = DployInstanceSpec { owner: owner.to_owned(), ..DployInstanceSpec::default() };
    let mut instance = DployInstance::new(name, spec);
    instance.metadata.resource_version = Some(version.to_string());
    instance.metadata.uid = Some(format!("uid of {name}"));
    instance
}

fn known(mirror: &Mirror<DployInstance>, name: &str) -> Option<u64> {
    mirror.get(name).map(|instance| version(&*instance))
}

#[test]
fn a_write_is_read_before_the_watch_reports_it() {
    let (mirror, _) = mirror();
    mirror.note(&instance("a", "ada", 5));
    assert_eq!(known(&mirror, "a"), Some(5));
    mirror.apply(MirrorEvent::Changed(instance("a", "ada", 4)));
    assert_eq!(known(&mirror, "a"), Some(5), "the watch is behind");
    mirror.apply(MirrorEvent::Changed(instance("a", "ada", 6)));
    assert_eq!(known(&mirror, "a"), Some(6));
}

#[test]
fn a_late_answer_does_not_bring_back_a_deleted_object() {
    let (mirror, _) = mirror();
    mirror.apply(MirrorEvent::Changed(instance("a", "ada", 5)));
    mirror.apply(MirrorEvent::Deleted(instance("a", "ada", 7)));
    mirror.note(&instance("a", "ada", 6));
    assert_eq!(known(&mirror, "a"), None);
    let mut next = instance("a", "ada", 8);
    next.metadata.uid = Some("another".to_owned());
    mirror.note(&next);
    assert_eq!(known(&mirror, "a"), Some(8), "a new object of the same name");
}

#[test]
fn the_deletion_of_an_object_does_not_remove_a_newer_one_of_its_name() {
    let (mirror, _) = mirror();
    mirror.apply(MirrorEvent::Changed(instance("a", "ada", 5)));
    let mut next = instance("a", "ada", 9);
    next.metadata.uid = Some("another".to_owned());
    mirror.note(&next);
    mirror.apply(MirrorEvent::Deleted(instance("a", "ada", 7)));
    assert_eq!(known(&mirror, "a"), Some(9));
}

#[test]
fn a_new_list_drops_missing_objects_and_keeps_later_writes() {
    let (mirror, _) = mirror();
    mirror.apply(MirrorEvent::Changed(instance("old", "ada", 5)));
    mirror.apply(MirrorEvent::ListStarted);
    mirror.apply(MirrorEvent::Listed(instance("kept", "ada", 6)));
    mirror.note(&instance("new", "ada", 8));
    assert_eq!(known(&mirror, "old"), Some(5), "the list is not complete yet");
    mirror.apply(MirrorEvent::ListComplete);
    assert_eq!(known(&mirror, "old"), None);
    assert_eq!((known(&mirror, "kept"), known(&mirror, "new")), (Some(6), Some(8)));
}

#[test]
fn a_claimed_member_moves_to_its_owner_in_the_index() {
    let (mirror, mut changes) = mirror();
    let mut member = instance("a", "", 5);
    member.spec.pooled = true;
    mirror.apply(MirrorEvent::Changed(member.clone()));
    let unclaimed = InstanceKey::Unclaimed(String::new());
    assert_eq!(mirror.find(&unclaimed).len(), 1);
    assert!(changes.try_recv().is_err(), "no owner's list has changed");
    member.spec.owner = "ada".to_owned();
    member.metadata.resource_version = Some("6".to_owned());
    mirror.note(&member);
    assert!(mirror.find(&unclaimed).is_empty());
    assert_eq!(mirror.find(&InstanceKey::Owner("ada".to_owned())).len(), 1);
    assert_eq!(changes.try_recv().ok(), Some(ListChange::Owner(Arc::from("ada"))));
}

#[test]
fn a_read_that_found_nothing_does_not_remove_what_was_created_meanwhile() {
    let (mirror, _) = mirror();
    mirror.note(&instance("a", "ada", 5));
    let seen = mirror.get("a").expect("an instance");
    // The read is answered with a 404. Before the answer arrives, another instance of the name
    // comes.
    let mut next = instance("a", "ada", 9);
    next.metadata.uid = Some("another".to_owned());
    mirror.apply(MirrorEvent::Deleted(instance("a", "ada", 7)));
    mirror.apply(MirrorEvent::Changed(next));
    mirror.forget(&seen);
    assert_eq!(known(&mirror, "a"), Some(9));
}

#[test]
fn a_late_answer_after_a_new_list_does_not_bring_back_what_the_list_had_not() {
    let (mirror, _) = mirror();
    mirror.apply(MirrorEvent::Changed(instance("a", "ada", 5)));
    mirror.apply(MirrorEvent::Changed(instance("b", "ada", 6)));
    // `a` is patched at version 7 and deleted at version 8, while the watch is disconnected.
    mirror.apply(MirrorEvent::ListStarted);
    mirror.apply(MirrorEvent::Listed(instance("b", "ada", 6)));
    mirror.apply(MirrorEvent::ListComplete);
    mirror.note(&instance("a", "ada", 7));
    assert_eq!(known(&mirror, "a"), None);
}

#[test]
fn a_new_list_of_old_objects_does_not_let_the_watched_version_go_back() {
    let (mirror, _) = mirror();
    mirror.apply(MirrorEvent::Changed(instance("b", "ada", 3)));
    mirror.apply(MirrorEvent::Deleted(instance("a", "ada", 8)));
    mirror.apply(MirrorEvent::ListStarted);
    mirror.apply(MirrorEvent::Listed(instance("b", "ada", 3)));
    mirror.apply(MirrorEvent::ListComplete);
    let mut created = instance("c", "ada", 5);
    created.metadata.uid = Some("created and deleted before the list".to_owned());
    mirror.note(&created);
    assert_eq!(known(&mirror, "c"), None);
}

#[test]
fn an_answer_that_the_watch_has_passed_without_reporting_it_is_no_object() {
    let (mirror, _) = mirror();
    mirror.apply(MirrorEvent::ListStarted);
    mirror.apply(MirrorEvent::ListComplete);
    mirror.note(&instance("a", "ada", 5));
    assert_eq!(known(&mirror, "a"), Some(5), "the watch may report it next");
    mirror.apply(MirrorEvent::Changed(instance("b", "ada", 7)));
    assert_eq!(known(&mirror, "a"), None, "it was deleted before the list");
}

#[test]
fn a_deleted_object_does_not_come_back_while_the_watch_is_behind() {
    let (mirror, _) = mirror();
    mirror.note(&instance("a", "ada", 5));
    mirror.forget(&*mirror.get("a").expect("an instance"));
    mirror.apply(MirrorEvent::Changed(instance("a", "ada", 5)));
    assert_eq!(known(&mirror, "a"), None);
}

#[test]
fn a_list_after_a_restore_is_believed_and_what_came_after_the_backup_is_gone() {
    let (mirror, _) = mirror();
    mirror.apply(MirrorEvent::Changed(instance("kept", "bob", 100)));
    mirror.apply(MirrorEvent::Changed(instance("gone", "ada", 101)));
    mirror.apply(MirrorEvent::Deleted(instance("back", "ada", 102)));
    mirror.apply(MirrorEvent::ListStarted);
    mirror.apply(MirrorEvent::Listed(instance("kept", "ada", 50)));
    mirror.apply(MirrorEvent::Listed(instance("back", "ada", 40)));
    mirror.apply(MirrorEvent::ListComplete);
    assert_eq!((known(&mirror, "kept"), known(&mirror, "back")), (Some(50), Some(40)));
    assert_eq!(known(&mirror, "gone"), None);
    assert_eq!(mirror.find(&InstanceKey::Owner("bob".to_owned())).len(), 0);
    mirror.note(&instance("new", "ada", 51));
    assert_eq!(known(&mirror, "new"), Some(51), "an own write is read again at once");
    mirror.apply(MirrorEvent::Changed(instance("kept", "ada", 52)));
    assert_eq!(known(&mirror, "kept"), Some(52));
}

#[test]
fn what_is_written_during_the_first_list_after_a_restore_is_found_by_the_watch() {
    let (mirror, _) = mirror();
    mirror.note(&instance("a", "ada", 3));
    mirror.apply(MirrorEvent::ListStarted);
    mirror.note(&instance("b", "ada", 3));
    mirror.apply(MirrorEvent::Listed(instance("a", "ada", 2)));
    mirror.apply(MirrorEvent::ListComplete);
    mirror.apply(MirrorEvent::Changed(instance("b", "ada", 3)));
    assert_eq!((known(&mirror, "a"), known(&mirror, "b")), (Some(2), Some(3)));
}
