use expect_test::{Expect, expect};

use super::{
    super::tests::{Given, pool},
    *,
};

#[track_caller]
fn check(given: Given, before: Option<&str>, expected: Expect) {
    let PoolHealth { condition, requeue_after } = given.health(before);
    let Ready { is_ready, reason, message } = condition;
    let again = requeue_after.map_or_else(String::new, |it| format!("again in {it:?}\n"));
    expected.assert_eq(&format!("{is_ready} {reason}\n{message}\n{again}"));
}

#[test]
fn a_pool_that_fills_is_healthy() {
    check(
        pool(3).ready("a").starting("b"),
        None,
        expect![[r#"
            true PoolMaintained
            The pool is kept at its size.
        "#]],
    );
}

#[test]
fn a_failed_member_is_named_while_no_current_one_is_ready() {
    check(
        pool(3).outdated("a b").failed("c", 1),
        None,
        expect![[r#"
            false PoolFailing
            Member c failed: No answer. Members are tried one at a time, with growing pauses, until one is ready. 2 ready members from before the last edit stay.
        "#]],
    );
    check(
        pool(3).starting("d").after_failures(1),
        Some("Member c failed."),
        expect![[r#"
            false PoolFailing
            Member c failed.
        "#]],
    );
    check(
        pool(3).ready("a").failed("c", 1),
        Some("Member c failed."),
        expect![[r#"
            true PoolMaintained
            The pool is kept at its size.
        "#]],
    );
}

#[test]
fn members_that_take_long_to_go_are_named_once_they_keep_others_away() {
    check(
        pool(2).at_most(2).ready("a").leaving_since("b", 20),
        None,
        expect![[r#"
            true PoolMaintained
            The pool is kept at its size.
            again in 40s
        "#]],
    );
    check(
        pool(2).at_most(5).ready("a").leaving_since("b c d", 60).leaving_since("e", 90),
        None,
        expect![[r#"
            false PoolBlocked
            4 of 5 places (pool.maxSize) are taken by members that are being deleted: e, b, c and 1 more. e is being deleted since 2027-01-15T07:58:30Z: No answer.
        "#]],
    );
    check(
        pool(2).ready("a").leaving_since("b", 90),
        None,
        expect![[r#"
            true PoolMaintained
            The pool is kept at its size.
        "#]],
    );
}
