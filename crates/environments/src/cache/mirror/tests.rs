use resources::{DployInstance, DployInstanceSpec};

use super::*;
use crate::cache::InstanceKey;

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
    mirror.note(&instance("a", "ada", 8));
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
