//! A place in the queue of a pool.

use expect_test::expect;

use super::given::{check, given};

#[test]
fn a_place_has_no_workload_and_no_end() {
    check(
        given().queued(),
        expect![[r#"
            show Pending, Ready False Queued
            again on a change
        "#]],
    );
}

#[test]
fn a_place_without_a_seat_goes_like_an_orphan_and_nobody_is_told() {
    check(
        given().queued().without_a_seat().created_ago(29),
        expect![[r#"
            show Pending, Ready False Queued
            again in 1s
        "#]],
    );
    check(
        given().queued().without_a_seat(),
        expect![[r#"
            delete: PlaceOver
            again on a change
        "#]],
    );
}

#[test]
fn a_place_goes_with_its_template() {
    let mut given = given().queued();
    given.observed.template_gone = true;
    check(
        given,
        expect![[r#"
            delete: TemplateGone
            again on a change
        "#]],
    );
}
