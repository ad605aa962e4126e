//! What ends an instance, and how it goes.

use expect_test::expect;
use kube::ResourceExt;
use resources::{EngineName, meta};

use super::super::{NamespaceSeen, Seating, Workload};
use super::given::{check, given};

#[test]
fn an_instance_is_deleted_at_its_deadline() {
    check(
        given().expires_in(0),
        expect![[r#"
            delete: Expired
            again on a change
        "#]],
    );
}

#[test]
fn a_teardown_withdraws_closes_and_releases_in_this_order() {
    check(
        given().deleted().without_a_seat(),
        expect![[r#"
            withdraw lab-0123abcd by flux
            close ada-lab-0123abcd
            release
            again on a change
        "#]],
    );
}

#[test]
fn a_seat_keeps_the_finalizer() {
    check(
        given().deleted(),
        expect![[r#"
            withdraw lab-0123abcd by flux
            close ada-lab-0123abcd
            show Expiring, Ready False SeatHeld
            again in 500ms
        "#]],
    );
}

#[test]
fn a_teardown_of_what_never_began_only_releases() {
    let mut unknown = given().fresh().deleted().without_a_seat();
    unknown.observed.revision = None;
    for given in [unknown, given().queued().deleted().without_a_seat()] {
        check(
            given,
            expect![[r#"
                release
                again on a change
            "#]],
        );
    }
}

/// An operator that dies before it writes the first status may have placed the workload.
#[test]
fn a_teardown_without_a_status_withdraws_what_the_revision_asks_for() {
    check(
        given().fresh().deleted().without_a_seat(),
        expect![[r#"
            withdraw lab-0123abcd by flux
            close ada-lab-0123abcd
            release
            again on a change
        "#]],
    );
}

/// Finalizers and hooks in the namespace, which a tenant may write, do not delay its end.
#[test]
fn a_namespace_ends_even_if_the_workload_is_not_withdrawn() {
    check(
        given().deleted_ago(120).without_a_seat(),
        expect![[r#"
            end ada-lab-0123abcd
            withdraw lab-0123abcd by flux
            close ada-lab-0123abcd
            release
            again on a change
        "#]],
    );
}

#[test]
fn a_teardown_waits_for_the_engine_that_placed_it() {
    check(
        given().deleted().without_a_seat().workload(Workload::NoEngine(EngineName::Flux)),
        expect![[r#"
            show Expiring, Ready False EngineNotEnabled
            again in 500ms
        "#]],
    );
}

#[test]
fn a_teardown_that_lasts_is_looked_at_less_and_less_often() {
    let held =
        |seconds| given().deleted_ago(seconds).workload(Workload::NoEngine(EngineName::Flux));
    check(
        held(4),
        expect![[r#"
            show Expiring, Ready False EngineNotEnabled
            again in 4s
        "#]],
    );
    check(
        held(3600),
        expect![[r#"
            show Expiring, Ready False EngineNotEnabled
            again in 30s
        "#]],
    );
}

#[test]
fn a_foreign_namespace_is_never_closed() {
    check(
        given().deleted().without_a_seat().namespace(NamespaceSeen::Foreign),
        expect![[r#"
            withdraw lab-0123abcd by flux
            release
            again on a change
        "#]],
    );
}

#[test]
fn a_server_made_instance_without_a_seat_is_an_orphan_after_its_grace() {
    check(
        given().without_a_seat(),
        expect![[r#"
            delete: Orphaned
            again on a change
        "#]],
    );
    check(
        given().without_a_seat().created_ago(10),
        expect![[r#"
            show Ready, Ready True Healthy
            again in 20s
        "#]],
    );
}

#[test]
fn what_was_adopted_or_has_no_label_is_no_orphan() {
    let mut adopted = given().without_a_seat();
    adopted.instance.annotations_mut().insert(meta::ADOPTED.into(), meta::TRUE.into());
    let mut unlabelled = given().without_a_seat();
    unlabelled.instance.metadata.labels = None;
    for given in [adopted, unlabelled] {
        check(
            given,
            expect![[r#"
                show Ready, Ready True Healthy
                again in 600s
            "#]],
        );
    }
}

#[test]
fn a_removed_record_makes_no_orphans() {
    let mut given = given();
    given.observed.seat = Seating::NoRecord;
    check(
        given,
        expect![[r#"
            show Ready, Ready True Healthy
            again in 600s
        "#]],
    );
}

#[test]
fn a_record_that_was_not_read_makes_no_orphans_even_if_the_grace_has_ended_since() {
    let mut given = given();
    given.observed.seat = Seating::Unread;
    check(
        given,
        expect![[r#"
            show Ready, Ready True Healthy
            again in 0ns
        "#]],
    );
}

#[test]
fn an_unclaimed_member_goes_with_its_template_and_a_claimed_one_stays() {
    let mut unclaimed = given().member();
    unclaimed.observed.template_gone = true;
    check(
        unclaimed,
        expect![[r#"
            delete: TemplateGone
            again on a change
        "#]],
    );
    let mut claimed = given().member();
    claimed.observed.template_gone = true;
    claimed.instance.spec.owner = "ada".into();
    check(
        claimed,
        expect![[r#"
            show Claimed, Ready True Healthy
            again in 600s
        "#]],
    );
}

#[test]
fn a_void_instance_stands_for_ten_minutes_and_as_long_as_a_seat_names_it() {
    check(
        given().void().created_ago(590),
        expect![[r#"
        again in 10s
    "#]],
    );
    check(
        given().void(),
        expect![[r#"
        again on a change
    "#]],
    );
    check(
        given().void().without_a_seat(),
        expect![[r#"
            delete: VoidIsOver
            again on a change
        "#]],
    );
}
