use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;
use prometheus_client::{encoding::text::encode, registry::Registry};
use resources::DployInstanceSpec;

use super::*;

fn at(millis: i64) -> Timestamp {
    Timestamp::from_millisecond(1_700_000_000_000 + millis).unwrap()
}

fn instance(created: i64) -> DployInstance {
    let spec = DployInstanceSpec { owner: "ada".into(), ..DployInstanceSpec::default() };
    let mut instance = DployInstance::new("lab-0badcafe", spec);
    instance.metadata.creation_timestamp = Some(Time(at(created)));
    instance
}

fn status(phase: Phase) -> DployInstanceStatus {
    DployInstanceStatus { phase: Some(phase), ..DployInstanceStatus::default() }
}

/// The outcomes so far, and the seconds that they took together.
#[track_caller]
fn check(launches: &Launches, outcome: &str, count: u32, seconds: &str) {
    let mut registry = Registry::default();
    registry.register("took", "it", launches.metrics.launches.clone());
    let mut text = String::new();
    encode(&mut text, &registry).unwrap();
    for line in [
        format!("took_count{{outcome=\"{outcome}\"}} {count}\n"),
        format!("took_sum{{outcome=\"{outcome}\"}} {seconds}\n"),
    ] {
        assert!(text.contains(&line), "{line} is not in\n{text}");
    }
}

#[test]
fn a_launch_is_timed_from_its_first_sight_to_healthy_and_once() {
    let launches = Launches::new(Metrics::default());
    let lab = instance(0);
    launches.observed(&lab, at(900));
    launches.observed(&lab, at(1_100));
    launches.status_written(&lab, &status(Phase::Provisioning), at(1_200));
    launches.status_written(&lab, &status(Phase::Ready), at(1_400));
    launches.status_written(&lab, &status(Phase::Ready), at(9_000));
    check(&launches, "healthy", 1, "0.5");
}

#[test]
fn an_operator_that_comes_late_counts_from_the_creation() {
    let launches = Launches::new(Metrics::default());
    launches.observed(&instance(0), at(60_000));
    launches.status_written(&instance(0), &status(Phase::Failed), at(61_000));
    check(&launches, "failed", 1, "61.0");
}

#[test]
fn what_is_deleted_before_it_is_healthy_has_ended() {
    let launches = Launches::new(Metrics::default());
    let mut lab = instance(0);
    launches.observed(&lab, at(0));
    lab.metadata.deletion_timestamp = Some(Time(at(3_000)));
    launches.observed(&lab, at(3_000));
    check(&launches, "ended", 1, "3.0");
    assert!(launches.underway().is_empty());
}

#[test]
fn what_ran_already_and_what_waits_in_a_pool_are_no_launches() {
    let launches = Launches::new(Metrics::default());
    let mut ran = instance(0);
    ran.status = Some(status(Phase::Ready));
    launches.observed(&ran, at(0));
    let mut member = instance(0);
    member.spec.pooled = true;
    launches.observed(&member, at(0));
    assert!(launches.underway().is_empty());
}
