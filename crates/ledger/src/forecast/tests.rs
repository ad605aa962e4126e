use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;
use resources::{
    DployInstanceSpec, DployTemplateSpec, DployTemplateStatus, Method, Pool, WhenEmpty,
};

use super::*;

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).expect("a timestamp")
}

/// A pool whose members take 60 seconds to start.
fn template(max_size: u32) -> DployTemplate {
    let pool = Pool { size: 1, max_size, recycle: true, when_empty: WhenEmpty::Queue };
    let spec = DployTemplateSpec {
        method: Method::Pool,
        pool: Some(pool),
        ..DployTemplateSpec::default()
    };
    let mut template = DployTemplate::new("lab", spec);
    let pool_start_seconds = Some(60);
    template.status = Some(DployTemplateStatus { pool_start_seconds, ..Default::default() });
    template
}

fn member(owner: &str, created: i64, expires_at: Option<i64>) -> DployInstance {
    let spec = DployInstanceSpec {
        template_ref: "lab".into(),
        owner: owner.into(),
        pooled: true,
        expires_at: expires_at.map(|second| Time(at(second))),
        ..DployInstanceSpec::default()
    };
    let mut member = DployInstance::new("lab", spec);
    member.metadata.creation_timestamp = Some(Time(at(created)));
    member
}

#[track_caller]
fn check(template: &DployTemplate, members: &[DployInstance], waits: &[Option<u64>]) {
    let forecast = Forecast::of(template, 3_600, members, at(1_000));
    for (earlier, expected) in waits.iter().enumerate() {
        let wait = forecast.as_ref().and_then(|it| it.wait(earlier + 1, at(1_000)));
        assert_eq!(wait.map(|it| it.as_secs()), *expected, "place {}", earlier + 1);
    }
}

#[test]
fn a_member_that_starts_serves_the_first_and_deadlines_the_next() {
    let members =
        [member("", 970, None), member("ada", 0, Some(1_100)), member("bob", 0, Some(1_400))];
    check(&template(3), &members, &[Some(30), Some(160), Some(460), Some(3_630)]);
}

#[test]
fn an_overdue_member_and_room_are_counted() {
    check(&template(2), &[member("", 0, None)], &[Some(1), Some(60), Some(3_600)]);
    check(&template(0), &[], &[Some(60)]);
}

#[test]
fn nothing_is_promised_without_a_deadline_or_a_known_start() {
    check(&template(1), &[member("ada", 0, None)], &[None]);
    let mut unknown = template(2);
    unknown.status = None;
    check(&unknown, &[member("", 970, None)], &[None]);
}
