use jiff::Timestamp;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::{Condition, Time};
use resources::{DployInstanceSpec, DployInstanceStatus, Health, Phase};

use super::*;

fn at(second: i64) -> Time {
    Time(Timestamp::from_second(second).unwrap())
}

/// A warm member that was ready after so many seconds.
fn warm(seconds: i64) -> DployInstance {
    let spec = DployInstanceSpec {
        pooled: true,
        uuid: Some("0123abcd".into()),
        revision: Some("lab-0000000001".into()),
        ttl_seconds: Some(3600),
        ..DployInstanceSpec::default()
    };
    let mut member = DployInstance::new("lab-0123abcd", spec);
    member.metadata.creation_timestamp = Some(at(1_000));
    let ready = Condition {
        type_: "Ready".into(),
        status: "True".into(),
        reason: "Healthy".into(),
        message: String::new(),
        observed_generation: None,
        last_transition_time: at(1_000 + seconds),
    };
    member.status = Some(DployInstanceStatus {
        phase: Some(Phase::Available),
        health: Some(Health::Healthy),
        conditions: vec![ready],
        ..DployInstanceStatus::default()
    });
    member
}

#[test]
fn the_start_is_the_median_of_the_ready_members() {
    assert_eq!(start_seconds(&[warm(40), warm(900), warm(50)]), Some(50));
    assert_eq!(start_seconds(&[warm(40), warm(50)]), Some(40));
    let mut claimed = warm(40);
    claimed.spec.owner = "ada".into();
    assert_eq!(start_seconds(&[claimed]), None);
}

#[test]
fn only_a_noticeable_change_is_written() {
    let table = [
        (None, Some(40), Some(40)),
        (Some(40), None, Some(40)),
        (Some(40), Some(48), Some(40)),
        (Some(40), Some(49), Some(49)),
        (Some(1), Some(2), Some(1)),
        (Some(2), Some(0), Some(0)),
    ];
    for (known, observed, shown) in table {
        assert_eq!(noticeable(known, observed), shown, "{known:?} {observed:?}");
    }
}
