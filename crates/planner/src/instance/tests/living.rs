//! How an instance comes to run, and what is shown of it.

use expect_test::expect;
use jiff::SignedDuration;
use resources::{DployInstanceStatus, Health, Phase, Placement, Reason, StartsAt, WorkloadState};

use super::super::{Current, NamespaceSeen, Step, Workload};
use super::given::{check, given, now};

#[test]
fn a_new_instance_opens_its_namespace_and_places_the_workload_before_its_first_status() {
    let given = given().fresh();
    let verdict = given.decided(now());
    let namespace = verdict.status.as_ref().unwrap().namespace.clone();
    assert_eq!(namespace.as_deref(), Some("ada-lab-0123abcd"));
    check(
        given,
        expect![[r#"
        open ada-lab-0123abcd
        guard ada-lab-0123abcd
        place by flux
        show Provisioning, Ready False NotPlaced
        again in 2s
    "#]],
    );
}

#[test]
fn what_is_placed_is_shown_by_one_status() {
    let given = given().fresh();
    let placed = self::given().fresh().namespace(NamespaceSeen::Ours).workload(healthy());
    let verdict = given.decided(now()).followed_by(placed.decided(now()), &placed.observed);
    assert_eq!(verdict.steps, []);
    assert_eq!(verdict.status.unwrap().phase, Some(Phase::Ready));
}

/// The deadline moves on a version that says what was placed.
#[test]
fn what_is_placed_is_recorded_before_the_time_begins() {
    let begins =
        || self::given().fresh().expires_in(60).revision(|it| it.starts_at = StartsAt::Ready);
    let mut placed = begins().namespace(NamespaceSeen::Ours).workload(healthy());
    let record = Placement { digest: Some("1".into()), ..Placement::default() };
    placed = placed.state(|state| state.record = Some(record.clone()));
    let verdict = begins().decided(now()).followed_by(placed.decided(now()), &placed.observed);
    assert!(matches!(verdict.steps[..], [Step::BeginTime { .. }]), "{verdict:?}");
    let status = verdict.status.unwrap();
    assert_eq!((status.phase, status.placed), (Some(Phase::Provisioning), Some(record)));
}

fn healthy() -> Workload {
    given().observed.workload
}

#[test]
fn what_stands_and_is_well_is_left_alone() {
    check(
        given(),
        expect![[r#"
            show Ready, Ready True Healthy
            again in 600s
        "#]],
    );
}

#[test]
fn damaged_guard_rails_are_put_back() {
    let mut damaged = given();
    damaged.observed.has_damaged_guards = true;
    check(
        damaged,
        expect![[r#"
            guard ada-lab-0123abcd
            show Ready, Ready True Healthy
            again in 600s
        "#]],
    );
    let mut ending = given().namespace(NamespaceSeen::Ending);
    ending.observed.has_damaged_guards = true;
    assert_eq!(ending.decided(now()).steps, []);
}

#[test]
fn the_next_look_is_exactly_at_the_deadline() {
    check(
        given().expires_in(90),
        expect![[r#"
            show Ready, Ready True Healthy
            again in 90s
        "#]],
    );
}

#[test]
fn a_foreign_namespace_is_never_adopted() {
    check(
        given().namespace(NamespaceSeen::Foreign),
        expect![[r#"
            show Failed, Ready False NamespaceTaken
            again in 10s
        "#]],
    );
}

#[test]
fn an_instance_by_hand_is_completed() {
    let mut by_hand = given().by_hand();
    by_hand.instance.spec.ttl_seconds = Some(7200);
    check(
        by_hand,
        expect![[r#"
            adopt 89ab0123 by hand true expires Some(3600)
            again on a change
        "#]],
    );
}

#[test]
fn an_older_instance_keeps_its_uuid_and_unlimited_ones_get_no_deadline() {
    let mut by_hand = given().by_hand();
    by_hand.instance.spec.ttl_seconds = Some(-1);
    let uuid = Some("feedbeef".into());
    by_hand.instance.status = Some(DployInstanceStatus { uuid, ..DployInstanceStatus::default() });
    check(
        by_hand,
        expect![[r#"
            adopt feedbeef by hand true expires None
            again on a change
        "#]],
    );
}

#[test]
fn a_lost_finalizer_comes_back() {
    let mut given = given();
    given.instance.metadata.finalizers = None;
    check(
        given,
        expect![[r#"
            adopt - by hand false expires None
            again on a change
        "#]],
    );
}

#[test]
fn without_a_template_nothing_can_be_completed() {
    let mut given = given().by_hand();
    given.observed.current = Current::NoTemplate;
    check(
        given,
        expect![[r#"
            show Failed, Ready False TemplateNotFound
            again on a change
        "#]],
    );
}

#[test]
fn an_address_or_a_draft_that_cannot_be_rendered_waits_for_an_edit() {
    let mut no_address = given();
    no_address.drafted.connection = Err("line 1: what is this".into());
    let mut no_draft = given().state(|it| *it = WorkloadState::absent());
    no_draft.drafted.digest = Some(Err("no chart".into()));
    for given in [no_address, no_draft] {
        check(
            given,
            expect![[r#"
                show Failed, Ready False TemplateInvalid
                again on a change
            "#]],
        );
    }
}

#[test]
fn one_that_ran_keeps_its_phase_while_its_health_tells_the_rest() {
    check(
        given().health(Health::Degraded, Reason::ProcessEnded),
        expect![[r#"
            show Ready, Ready False ProcessEnded
            again in 10s
        "#]],
    );
    check(
        given().phase(Phase::Provisioning).health(Health::Degraded, Reason::ProcessEnded),
        expect![[r#"
            show Failed, Ready False ProcessEnded
            again in 10s
        "#]],
    );
}

#[test]
fn a_member_that_is_not_well_cannot_be_claimed() {
    check(
        given().member().health(Health::Progressing, Reason::Starting),
        expect![[r#"
            show Provisioning, Ready False Starting
            again in 2s
        "#]],
    );
    check(
        given().member(),
        expect![[r#"
            show Available, Ready True Healthy
            again in 600s
        "#]],
    );
}

#[test]
fn a_changed_draft_is_placed_again() {
    check(
        given().state(|state| state.placed = Some("another".into())),
        expect![[r#"
            place by flux
            show Ready, Ready True Healthy
            again in 600s
        "#]],
    );
}

#[test]
fn a_namespace_that_somebody_deletes_is_waited_for() {
    check(
        given().namespace(NamespaceSeen::Ending).state(|state| state.placed = None),
        expect![[r#"
            show Ready, Ready False NamespaceEnding
            again in 600s
        "#]],
    );
}

#[test]
fn the_condition_moves_its_time_only_with_its_status() {
    let mut given = given();
    let first = given.decided(now()).status.unwrap();
    given.instance.status = Some(first.clone());
    let later = now() + SignedDuration::from_mins(5);
    let again = given.decided(later).status.unwrap();
    assert_eq!(again, first);
}
