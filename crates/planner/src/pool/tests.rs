use std::fmt::Write;

use expect_test::{Expect, expect};

use super::*;

const NOW: i64 = 1_800_000_000;

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(NOW + seconds).unwrap()
}

/// A pool of the given size without members; each test says who is there.
pub(super) struct Given {
    policy: PoolPolicy,
    members: Vec<Member>,
    in_flight: InFlight,
}

pub(super) fn pool(size: usize) -> Given {
    let policy = PoolPolicy { size, max_size: usize::MAX, recycle: true };
    Given { policy, members: Vec::new(), in_flight: InFlight::default() }
}

impl Given {
    pub(super) fn at_most(mut self, max_size: usize) -> Self {
        self.policy.max_size = max_size;
        self
    }

    pub(super) fn without_recycling(mut self) -> Self {
        self.policy.recycle = false;
        self
    }

    pub(super) fn with(mut self, names: &str, standing: Standing, is_current: bool) -> Self {
        for name in names.split_whitespace() {
            let created = at(self.members.len() as i64 - 1000);
            let (name, message) = (name.into(), "No answer.".into());
            self.members.push(Member { name, created, is_current, standing, message });
        }
        self
    }

    pub(super) fn ready(self, names: &str) -> Self {
        self.with(names, Standing::Ready, true)
    }

    pub(super) fn starting(self, names: &str) -> Self {
        self.with(names, Standing::Starting, true)
    }

    pub(super) fn claimed(self, names: &str) -> Self {
        self.with(names, Standing::Claimed, true)
    }

    pub(super) fn leaving(self, names: &str) -> Self {
        self.leaving_since(names, 1)
    }

    pub(super) fn leaving_since(self, names: &str, seconds: i64) -> Self {
        self.with(names, Standing::Terminating { since: at(-seconds) }, true)
    }

    pub(super) fn failed(self, names: &str, since: i64) -> Self {
        self.with(names, Standing::Failed { since: at(-since) }, true)
    }

    pub(super) fn outdated(self, names: &str) -> Self {
        self.with(names, Standing::Ready, false)
    }

    pub(super) fn creating(mut self, creating: usize) -> Self {
        self.in_flight.creating = creating;
        self
    }

    pub(super) fn removing(mut self, names: &str) -> Self {
        self.in_flight.removing = names.split_whitespace().map(Into::into).collect();
        self
    }

    pub(super) fn after_failures(mut self, failures: u32) -> Self {
        self.in_flight.failures = failures;
        self
    }

    pub(super) fn decided(self) -> PoolMove {
        balance(&self.policy, &Census::of(self.members), &self.in_flight, at(0))
    }

    /// What condition `PoolHealthy` says, if it said `before`.
    pub(super) fn health(self, before: Option<&str>) -> PoolHealth {
        let census = Census::of(self.members);
        let decided = balance(&self.policy, &census, &self.in_flight, at(0));
        health(&self.policy, &census, &self.in_flight, &decided, before, at(0))
    }
}

#[track_caller]
fn check(given: Given, expected: Expect) {
    let PoolMove { create, without_place: _, remove, requeue_after } = given.decided();
    let mut text = format!("create {create}\n");
    for name in remove {
        writeln!(text, "remove {name}").unwrap();
    }
    if let Some(again) = requeue_after {
        writeln!(text, "again in {again:?}").unwrap();
    }
    expected.assert_eq(&text);
}

#[test]
fn an_empty_pool_is_filled_and_a_full_one_left_alone() {
    check(
        pool(3),
        expect![[r#"
        create 3
    "#]],
    );
    check(
        pool(3).ready("a b").starting("c"),
        expect![[r#"
        create 0
    "#]],
    );
}

#[test]
fn a_lagging_list_never_over_creates() {
    check(
        pool(3).creating(3),
        expect![[r#"
        create 0
    "#]],
    );
    check(
        pool(3).ready("a").creating(1),
        expect![[r#"
        create 1
    "#]],
    );
}

#[test]
fn a_lagging_list_never_over_removes() {
    check(
        pool(2).ready("a b c").removing("c"),
        expect![[r#"
        create 0
    "#]],
    );
}

#[test]
fn a_claimed_member_is_replaced_unless_the_pool_does_not_recycle() {
    check(
        pool(2).ready("a").claimed("b"),
        expect![[r#"
        create 1
    "#]],
    );
    check(
        pool(2).ready("a").claimed("b").without_recycling(),
        expect![[r#"
        create 0
    "#]],
    );
}

#[test]
fn the_cap_counts_claimed_leaving_and_unseen_members() {
    check(
        pool(3).at_most(4).claimed("a b").leaving("c"),
        expect![[r#"
        create 1
    "#]],
    );
    check(
        pool(3).at_most(4).claimed("a b").creating(1),
        expect![[r#"
        create 1
    "#]],
    );
    check(
        pool(3).at_most(4).claimed("a b c d"),
        expect![[r#"
        create 0
    "#]],
    );
    check(
        pool(3).at_most(4).ready("a b c").claimed("d e"),
        expect![[r#"
        create 0
        remove c
    "#]],
    );
}

#[test]
fn shrinking_takes_who_starts_first_then_the_newest() {
    check(
        pool(1).ready("old new").starting("young"),
        expect![[r#"
        create 0
        remove young
        remove new
    "#]],
    );
}

#[test]
fn a_pool_that_is_no_more_loses_all_but_the_claimed() {
    check(
        pool(0).ready("a").starting("b").claimed("c").outdated("d").failed("e", 0),
        expect![[r#"
        create 0
        remove e
        remove b
        remove d
        remove a
    "#]],
    );
}

#[test]
fn a_failed_member_is_replaced_after_a_pause_that_grows() {
    check(
        pool(2).ready("a").failed("b", 1),
        expect![[r#"
        create 0
        again in 4s
    "#]],
    );
    check(
        pool(2).ready("a").failed("b", 5),
        expect![[r#"
        create 0
        remove b
    "#]],
    );
    check(
        pool(2).failed("b c", 5).after_failures(3),
        expect![[r#"
        create 0
        again in 15s
    "#]],
    );
}

#[test]
fn an_edit_tries_one_new_member_before_it_takes_an_old_one() {
    check(
        pool(3).outdated("a b c"),
        expect![[r#"
        create 1
    "#]],
    );
    check(
        pool(3).outdated("a b c").starting("d"),
        expect![[r#"
        create 0
    "#]],
    );
    check(
        pool(3).outdated("a b c").failed("d", 1),
        expect![[r#"
        create 0
        again in 4s
    "#]],
    );
}

#[test]
fn once_one_is_ready_the_others_follow_and_the_size_is_kept() {
    check(
        pool(3).outdated("a b c").ready("d"),
        expect![[r#"
        create 2
        remove a
    "#]],
    );
    check(
        pool(3).outdated("b c").ready("d e").starting("f"),
        expect![[r#"
        create 0
        remove b
    "#]],
    );
}

#[test]
fn at_the_cap_old_members_make_room_one_by_one() {
    check(
        pool(2).at_most(2).outdated("a b"),
        expect![[r#"
        create 0
        remove a
    "#]],
    );
    check(
        pool(2).at_most(2).outdated("b").leaving("a"),
        expect![[r#"
        create 0
    "#]],
    );
    check(
        pool(2).at_most(2).outdated("b"),
        expect![[r#"
        create 1
    "#]],
    );
}

#[test]
fn a_pool_whose_members_fail_tries_one_at_a_time() {
    check(
        pool(3).failed("a", 1),
        expect![[r#"
        create 0
        again in 4s
    "#]],
    );
    check(
        pool(3).failed("a b", 5),
        expect![[r#"
        create 0
        remove a
        remove b
    "#]],
    );
    check(
        pool(3).after_failures(2),
        expect![[r#"
        create 1
    "#]],
    );
    check(
        pool(3).ready("a").after_failures(2),
        expect![[r#"
        create 2
    "#]],
    );
}

#[test]
fn members_beyond_the_cap_go_the_failed_and_the_outdated_ones_first() {
    check(
        pool(3).at_most(3).outdated("a b c").starting("late"),
        expect![[r#"
        create 0
        remove a
    "#]],
    );
    check(
        pool(2).at_most(2).outdated("a b").claimed("c").failed("d", 1),
        expect![[r#"
        create 0
        remove d
        remove a
        again in 4s
    "#]],
    );
}
