use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;
use resources::DployInstanceSpec;

use super::*;
use crate::set_ready;

fn now() -> Timestamp {
    Timestamp::from_second(1_800_000_000).unwrap()
}

fn status(phase: Phase, ready: Ready) -> DployInstanceStatus {
    let mut status = DployInstanceStatus { phase: Some(phase), ..DployInstanceStatus::default() };
    set_ready(&mut status.conditions, ready, None, now());
    status
}

fn well() -> DployInstanceStatus {
    status(Phase::Ready, Ready::yes(Reason::Healthy, "It answers."))
}

fn instance(status: Option<DployInstanceStatus>) -> DployInstance {
    let mut instance = DployInstance::new("lab-0123abcd", DployInstanceSpec::default());
    instance.status = status;
    instance
}

fn terminating() -> DployInstance {
    let mut instance = instance(Some(well()));
    instance.metadata.deletion_timestamp = Some(Time(now()));
    instance
}

fn blocked() -> Outcome {
    Outcome::Blocked(Ready::no(Reason::WorkloadEnding, "It holds on."))
}

/// The Event of a change from `before` to `after`.
fn event_of(before: Option<DployInstanceStatus>, after: DployInstanceStatus) -> Option<Event> {
    let instance = instance(before);
    conclude(&instance, Some(after), None, &Outcome::Done, true, now()).events.pop()
}

#[test]
fn a_status_is_written_only_when_it_changes_something() {
    let after = Some(std::time::Duration::from_secs(9));
    let same = conclude(&instance(Some(well())), Some(well()), after, &Outcome::Done, true, now());
    assert_eq!((same.status, same.events, same.requeue_after), (None, vec![], after));
    let first = conclude(&instance(None), Some(well()), after, &Outcome::Done, true, now());
    assert_eq!(first.status, Some(well()));
}

#[test]
fn a_status_is_final_unless_it_gives_the_next_steps_or_an_engine_failed() {
    let is_final = |after: DployInstanceStatus, outcome: &Outcome| {
        conclude(&instance(Some(well())), Some(after), None, outcome, true, now()).is_final
    };
    let unwell = status(Phase::Ready, Ready::no(Reason::ProcessEnded, "It ended."));
    assert!(is_final(unwell.clone(), &Outcome::Done));
    assert!(is_final(unwell.clone(), &blocked()));
    assert!(!is_final(unwell.clone(), &Outcome::Again));
    assert!(!is_final(unwell.clone(), &Outcome::Unrecorded(Vec::new())));
    assert!(!is_final(unwell, &Outcome::EngineFailed("could not place it".into())));
}

#[test]
fn a_blocked_teardown_is_shown_and_tried_again() {
    let concluded = conclude(&terminating(), None, None, &blocked(), true, now());
    let status = concluded.status.unwrap();
    assert_eq!(status.phase, Some(Phase::Expiring));
    assert_eq!(status.conditions[0].reason, "WorkloadEnding");
    assert_eq!(concluded.requeue_after, Some(std::time::Duration::from_millis(500)));
}

#[test]
fn a_blocked_launch_shows_what_was_decided() {
    let concluded = conclude(&instance(None), Some(well()), None, &blocked(), true, now());
    assert_eq!(concluded.status, Some(well()));
    assert_eq!(concluded.requeue_after, Some(std::time::Duration::from_millis(500)));
}

#[test]
fn the_status_of_an_unreadable_instance_is_never_written() {
    let concluded = conclude(&terminating(), None, None, &blocked(), false, now());
    assert_eq!((concluded.status, concluded.events), (None, vec![]));
}

#[test]
fn the_failure_of_an_engine_is_shown_to_the_owner() {
    let failed = Outcome::EngineFailed("could not place it".into());
    let concluded = conclude(&instance(None), None, None, &failed, true, now());
    let status = concluded.status.unwrap();
    assert_eq!(status.phase, Some(Phase::Failed));
    assert_eq!(status.conditions[0].message, "The engine could not place it.");
    assert!(concluded.events[0].is_warning);
}

#[test]
fn what_is_placed_outside_is_recorded_first() {
    let object = ObjectAddress {
        api_version: "v1".into(),
        kind: "Namespace".into(),
        namespace: None,
        name: "beside".into(),
    };
    let unrecorded = Outcome::Unrecorded(vec![object.clone()]);
    let concluded = conclude(&instance(None), Some(well()), None, &unrecorded, true, now());
    assert_eq!(concluded.status.unwrap().placed.unwrap().outside, [object]);
}

#[test]
fn warnings_and_ends_are_events_and_the_happy_path_is_not() {
    assert_eq!(event_of(None, well()), None);
    let ending = status(Phase::Expiring, Ready::no(Reason::WorkloadEnding, "It ends."));
    let ends = event_of(Some(well()), ending).unwrap();
    assert_eq!((ends.is_warning, ends.reason), (false, Reason::Expiring));
    let ended = status(Phase::Ready, Ready::no(Reason::ProcessEnded, "It ended."));
    let warning = event_of(Some(well()), ended.clone()).unwrap();
    assert_eq!((warning.is_warning, warning.reason), (true, Reason::ProcessEnded));
    assert_eq!(event_of(Some(ended.clone()), ended), None);
}
