//! When the time of an environment begins, and the warning before its end.

use expect_test::expect;
use jiff::SignedDuration;
use resources::{Health, Phase, Reason, StartsAt, meta};

use super::{
    super::{Conclusion, Outcome, conclude},
    given::{Given, check, given, now},
};

fn starting_at_ready() -> Given {
    given()
        .created_ago(300)
        .expires_in(3300)
        .phase(Phase::Provisioning)
        .revision(|it| it.starts_at = StartsAt::Ready)
}

/// Ends in `seconds`; its template warns 600 s before.
fn warned(seconds: i64) -> Given {
    given().expires_in(seconds).revision(|it| it.warn_seconds = 600)
}

#[test]
fn the_time_begins_when_the_environment_becomes_ready() {
    check(
        starting_at_ready(),
        expect![[r#"
            begin the time at 0, expires 3600
            again in 3300s
        "#]],
    );
}

#[test]
fn the_time_does_not_begin_before_that() {
    check(
        starting_at_ready().health(Health::Progressing, Reason::Starting),
        expect![[r#"
            show Provisioning, Ready False Starting
            again in 2s
        "#]],
    );
}

#[test]
fn the_time_begins_once() {
    let mut begun = starting_at_ready();
    let annotations = begun.instance.metadata.annotations.get_or_insert_default();
    annotations.insert(meta::READY_AT.into(), now().to_string());
    check(
        begun,
        expect![[r#"
            show Ready, Ready True Healthy
            again in 600s
        "#]],
    );
}

#[test]
fn the_time_of_a_released_place_begins_when_it_is_ready() {
    let mut released = starting_at_ready();
    released.instance.spec.pooled = true;
    let annotations = released.instance.metadata.annotations.get_or_insert_default();
    let a_minute_ago = now() - SignedDuration::from_mins(1);
    annotations.insert(meta::RELEASED_AT.into(), a_minute_ago.to_string());
    check(
        released,
        expect![[r#"
            begin the time at 0, expires 3360
            again in 3300s
        "#]],
    );
}

#[test]
fn the_time_of_a_pool_member_begins_with_its_claim() {
    let mut claimed = starting_at_ready();
    claimed.instance.spec.pooled = true;
    check(
        claimed,
        expect![[r#"
            show Claimed, Ready True Healthy
            again in 600s
        "#]],
    );
}

#[test]
fn the_next_look_is_exactly_at_the_warning() {
    check(
        warned(690),
        expect![[r#"
            show Ready, Ready True Healthy
            again in 90s
        "#]],
    );
}

#[test]
fn the_warning_stands_until_the_deadline_moves() {
    check(
        warned(600),
        expect![[r#"
            show Ready, Ready True Healthy
            show EndsSoon
            again in 600s
        "#]],
    );
}

#[test]
fn a_warning_is_one_event_and_an_extension_takes_it_back() {
    let mut given = warned(500);
    let first = concluded(&given);
    assert!(first.events.iter().any(|event| event.reason == Reason::EndsSoon));
    given.instance.status = first.status;
    let again = concluded(&given);
    assert_eq!((again.status, again.events), (None, vec![]));
    let extended = concluded(&given.expires_in(4100));
    let conditions = extended.status.unwrap().conditions;
    assert!(conditions.iter().any(|it| it.reason == "TimeLeft" && it.status == "False"));
    assert_eq!(extended.events, vec![]);
}

fn concluded(given: &Given) -> Conclusion {
    let status = given.decided(now()).status;
    conclude(&given.instance, status, None, &Outcome::Done, true, now())
}
