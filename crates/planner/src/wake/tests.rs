use k8s_openapi::apimachinery::pkg::apis::meta::v1::{ObjectMeta, Time};
use ledger::void::void_instance;
use resources::{
    DployInstanceSpec, DployInstanceStatus, DployOwnerStatus, Health, Phase, Seat, meta,
};

use super::*;

fn metadata(name: &str) -> ObjectMeta {
    ObjectMeta { name: Some(name.into()), uid: Some(name.into()), ..ObjectMeta::default() }
}

fn time() -> Time {
    Time(jiff::Timestamp::UNIX_EPOCH)
}

/// A pool member, unclaimed and ready.
fn member() -> DployInstance {
    let spec = DployInstanceSpec {
        template_ref: "lab".into(),
        uuid: Some("0123abcd".into()),
        pooled: true,
        revision: Some("lab-0000000001".into()),
        ..DployInstanceSpec::default()
    };
    let mut metadata = metadata("lab-0123abcd");
    metadata.labels = Some([(meta::MANAGED.into(), meta::TRUE.into())].into());
    let phase = Some(Phase::Available);
    let health = Some(Health::Healthy);
    let status = Some(DployInstanceStatus { phase, health, ..DployInstanceStatus::default() });
    DployInstance { metadata, spec, status }
}

/// An environment of an owner, which the server created.
fn owned() -> DployInstance {
    but(&member(), |it| it.spec.owner = "ada".into())
}

fn seat(instance: &str) -> Seat {
    Seat {
        template: "lab".into(),
        instance: instance.into(),
        uuid: "0123abcd".into(),
        since: time(),
        chosen_at: None,
        ticket: None,
    }
}

/// The record of ada with seats of these instances.
fn record(instances: &[&str]) -> DployOwner {
    let mut record = DployOwner::new("ada", Default::default());
    let seats = instances.iter().map(|it| seat(it)).collect();
    record.status = Some(DployOwnerStatus { seats });
    record
}

fn but<K: Clone>(object: &K, change: impl FnOnce(&mut K)) -> K {
    let mut other = object.clone();
    change(&mut other);
    other
}

fn from<'a, K>(before: Option<&'a K>, after: Option<&'a K>) -> Change<'a, K> {
    Change { before, after }
}

fn deleting(instance: &DployInstance) -> DployInstance {
    but(instance, |it| it.metadata.deletion_timestamp = Some(time()))
}

#[test]
fn a_template_wakes_members_when_it_comes_or_goes_only() {
    let template = DployTemplate {
        metadata: metadata("lab"),
        ..DployTemplate::new("lab", Default::default())
    };
    let one = Some(&template);
    let edited = but(&template, |it| it.metadata.generation = Some(2));
    let status = but(&template, |it| it.status = Some(Default::default()));
    let published = but(&status, |it| {
        it.status.get_or_insert_default().revision = Some("lab-0000000002".into());
    });
    let again = but(&template, |it| it.metadata.uid = Some("another".into()));
    let bare = but(&member(), |it| it.spec.revision = None);
    for (change, member_wakes, bare_wakes) in [
        (from(None, one), true, true),
        (from(one, None), true, true),
        (from(one, Some(&again)), true, true),
        (from(one, Some(&edited)), false, false),
        (from(one, Some(&status)), false, false),
        (from(one, Some(&published)), false, true),
    ] {
        assert_eq!(template_wakes(change, &member()), member_wakes, "{change:?}");
        assert_eq!(template_wakes(change, &bare), bare_wakes, "{change:?}");
        assert!(!template_wakes(change, &owned()), "claimed: {change:?}");
    }
}

#[test]
fn a_record_wakes_what_waits_for_a_seat_to_go_or_has_lost_it() {
    let name = "lab-0123abcd";
    let (none, named) = (record(&[]), record(&[name]));
    let more = record(&[name, "other"]);
    let void = void_instance(&seat(name));
    let gained = from(Some(&none), Some(&named));
    let lost = from(Some(&named), Some(&none));
    for (what, instance, wakes_when_lost) in [
        ("owned", owned(), true),
        ("deleting", deleting(&owned()), true),
        ("void", void.clone(), true),
        ("a deleting member", deleting(&member()), true),
        ("a member", member(), false),
        ("by hand", but(&owned(), |it| it.metadata.labels = None), false),
    ] {
        assert_eq!(record_wakes("ada", lost, &instance), wakes_when_lost, "{what}");
        assert!(!record_wakes("ada", gained, &instance), "{what}: gained");
        let kept = from(Some(&named), Some(&more));
        assert!(!record_wakes("ada", kept, &instance), "{what}: another seat");
    }
    let empty = from(Some(&none), Some(&none));
    assert!(record_wakes("ada", empty, &owned()), "an orphan");
    assert!(!record_wakes("bob", empty, &owned()), "of somebody else");
    assert!(!record_wakes("ada", empty, &void), "never named");
    assert!(record_wakes("ada", from(Some(&named), None), &owned()), "the record is gone");
}

#[test]
fn a_pool_is_counted_again_when_the_census_changes() {
    let ready = member();
    let one = Some(&ready);
    let version = but(&ready, |it| it.metadata.resource_version = Some("2".into()));
    let message = but(&ready, |it| {
        it.status.get_or_insert_default().url = Some("https://example.org".into());
    });
    let sick = but(&ready, |it| {
        it.status.get_or_insert_default().health = Some(Health::Degraded);
    });
    let edited = but(&ready, |it| it.spec.revision = None);
    for (what, change, wakes) in [
        ("came", from(None, one), true),
        ("went", from(one, None), true),
        ("claimed", from(one, Some(&owned())), true),
        ("deleting", from(one, Some(&deleting(&ready))), true),
        ("sick", from(one, Some(&sick)), true),
        ("resolved otherwise", from(one, Some(&edited)), true),
        ("another version", from(one, Some(&version)), false),
        ("another status", from(one, Some(&message)), false),
    ] {
        assert_eq!(instance_wakes_pool(change), wakes, "{what}");
    }
    let alone = but(&owned(), |it| it.spec.pooled = false);
    assert!(!instance_wakes_pool(from(None, Some(&alone))), "in no pool");
}

#[test]
fn a_record_is_swept_when_an_instance_comes_goes_or_changes_hands() {
    let owned = owned();
    let one = Some(&owned);
    let status = but(&owned, |it| it.status = None);
    let extended = but(&owned, |it| it.spec.expires_at = Some(time()));
    let void = void_instance(&seat("lab-0123abcd"));
    for (what, change, wakes) in [
        ("came", from(None, one), true),
        ("went", from(one, None), true),
        ("claimed", from(Some(&member()), one), true),
        ("deleting", from(one, Some(&deleting(&owned))), true),
        ("void", from(one, Some(&void)), true),
        ("adopted", from(one, Some(&but(&owned, |it| it.metadata.labels = None))), true),
        ("status", from(one, Some(&status)), false),
        ("extended", from(one, Some(&extended)), false),
    ] {
        assert_eq!(instance_wakes_record(change), wakes, "{what}");
    }
}

#[test]
fn a_config_wakes_when_its_spec_changes() {
    let config = OperatorConfig {
        metadata: metadata("default"),
        ..OperatorConfig::new("default", Default::default())
    };
    let edited = but(&config, |it| it.metadata.generation = Some(2));
    let labelled = but(&config, |it| it.metadata.labels = Some(Default::default()));
    assert!(config_wakes(from(None, Some(&config))));
    assert!(config_wakes(from(Some(&config), Some(&edited))));
    assert!(!config_wakes(from(Some(&config), Some(&labelled))));
}

#[test]
fn a_place_wakes_its_pool_and_goes_with_its_template() {
    let place = but(&owned(), |it| (it.spec.pooled, it.spec.queued) = (true, true));
    assert!(instance_wakes_pool(from(None, Some(&place))));
    assert!(instance_wakes_pool(from(Some(&place), None)));
    let released = but(&place, |it| it.spec.queued = false);
    assert!(instance_wakes_pool(from(Some(&place), Some(&released))));
    assert!(instance_wakes_pool(from(Some(&place), Some(&deleting(&place)))));
    let shown = but(&place, |it| it.status = None);
    assert!(!instance_wakes_pool(from(Some(&place), Some(&shown))));

    let template = DployTemplate { metadata: metadata("lab"), ..template_of("lab") };
    assert!(template_wakes(from(Some(&template), None), &place));
    assert!(!template_wakes(from(Some(&template), None), &released));
}

fn template_of(name: &str) -> DployTemplate {
    DployTemplate::new(name, Default::default())
}

#[test]
fn only_a_seat_that_a_record_did_not_have_is_added() {
    let (before, after) = (record(&["lab-1", "lab-2"]), record(&["lab-2", "lab-3"]));
    let added = |before, after| -> Vec<&str> {
        seats_added(Change { before, after }).map(|it| it.instance.as_str()).collect()
    };
    assert_eq!(added(Some(&before), Some(&after)), ["lab-3"]);
    assert_eq!(added(None, Some(&after)), ["lab-2", "lab-3"]);
    assert_eq!(added(Some(&before), None), [""; 0]);
}
