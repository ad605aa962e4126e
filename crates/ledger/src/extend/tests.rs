use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;
use resources::DployInstanceSpec;

use super::*;

const LIMITS: ExtendLimits = ExtendLimits { extend_seconds: 600, max_extends: 3 };

fn instance(deadline: Option<i64>, count: &str) -> DployInstance {
    let expires_at = deadline.map(|second| Time(Timestamp::from_second(second).expect("a time")));
    let mut instance = DployInstance::new(
        "desk",
        DployInstanceSpec { expires_at, ..DployInstanceSpec::default() },
    );
    let count = (meta::EXTEND_COUNT.to_owned(), count.to_owned());
    instance.metadata.annotations = Some([count].into());
    instance
}

fn extension(step: ExtendStep) -> Extension {
    let ExtendStep::Extend(extension) = step else { panic!("not an extension: {step:?}") };
    extension
}

#[test]
fn an_extension_counts_from_the_deadline() {
    let extension = extension(decide(&instance(Some(1_000), "1"), LIMITS));
    assert_eq!((extension.deadline.as_second(), extension.count), (1_600, 2));
}

#[test]
fn the_limit_counts_and_zero_means_no_limit() {
    assert_eq!(decide(&instance(Some(0), "3"), LIMITS), ExtendStep::LimitReached(3));
    let unlimited = ExtendLimits { max_extends: 0, ..LIMITS };
    assert_eq!(extension(decide(&instance(Some(0), "3"), unlimited)).count, 4);
}

#[test]
fn an_environment_without_a_deadline_is_not_extended() {
    assert_eq!(decide(&instance(None, ""), LIMITS), ExtendStep::HasNoDeadline);
}

#[test]
fn the_latest_timestamp_stays_the_latest() {
    let limits = ExtendLimits { extend_seconds: i64::MAX, ..LIMITS };
    let extension = extension(decide(&instance(Some(1_000), "0"), limits));
    assert_eq!(extension.deadline, Timestamp::MAX);
}

/// The instance after the patch of an extension by this request.
fn extended(mut instance: DployInstance, request: &str) -> DployInstance {
    let patch = extension(decide(&instance, LIMITS)).patch(&instance, request);
    let written = serde_json::from_value(patch["metadata"]["annotations"].clone());
    instance.metadata.annotations = Some(written.expect("annotations"));
    instance
}

#[test]
fn a_request_finds_its_extension_behind_later_ones() {
    let first = extended(instance(Some(1_000), "0"), "a");
    assert!(was_extended_by(&first, "a") && !was_extended_by(&first, "b"));
    let second = extended(first, "b");
    assert!(was_extended_by(&second, "a") && was_extended_by(&second, "b"));
    assert_eq!(extend_count(&second), 2);
}

#[test]
fn an_instance_forgets_old_requests() {
    let limits = ExtendLimits { max_extends: 0, ..LIMITS };
    let mut instance = instance(Some(1_000), "0");
    for request in 0..100 {
        let patch = extension(decide(&instance, limits)).patch(&instance, &request.to_string());
        let ids = patch["metadata"]["annotations"][meta::EXTENDED_BY].as_str().expect("ids");
        let annotation = (meta::EXTENDED_BY.to_owned(), ids.to_owned());
        instance.metadata.annotations = Some([annotation].into());
    }
    let known = (0..100).filter(|it| was_extended_by(&instance, &it.to_string()));
    assert_eq!(known.collect::<Vec<_>>(), (92..100).collect::<Vec<_>>());
}
