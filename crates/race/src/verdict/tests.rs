use std::time::Instant;

use jiff::Timestamp;

use super::*;
use crate::storm::Storm;

/// Calls of ada for `desk`, at seconds of a made-up time.
struct Story {
    zero: Instant,
    calls: Vec<Call>,
    lives: Lives,
}

fn story() -> Story {
    Story { zero: Instant::now(), calls: Vec::new(), lives: Lives::default() }
}

impl Story {
    fn call(mut self, owner: &str, seconds: (u64, u64), action: Action, outcome: Outcome) -> Self {
        let at = |seconds| self.zero + Duration::from_secs(seconds);
        self.calls.push(Call {
            storm: Storm::Quota,
            owner: owner.into(),
            template: "desk".into(),
            action,
            start: at(seconds.0),
            end: at(seconds.1),
            outcome,
        });
        self
    }

    fn launch(self, seconds: (u64, u64), uuid: &str) -> Self {
        let outcome = Outcome::Launched { uuid: uuid.into(), deadline: None };
        self.call("ada", seconds, Action::Launch, outcome)
    }

    fn delete(self, seconds: (u64, u64), outcome: Outcome) -> Self {
        self.call("ada", seconds, Action::Delete, outcome)
    }

    fn extend(self, outcome: Outcome) -> Self {
        self.call("ada", (2, 3), Action::Extend, outcome)
    }

    /// An environment that ended at a second, or lives.
    fn life(mut self, uuid: &str, ended: Option<u64>, extensions: u64) -> Self {
        let time = |seconds: u64| Timestamp::from_second(seconds.cast_signed()).unwrap();
        self.lives.add(Life {
            uuid: uuid.into(),
            template: "desk".into(),
            owners: ["ada".to_owned()].into(),
            deadline: Some(time(100)),
            extensions: Some(extensions),
            ended: ended.map(|at| (self.zero + Duration::from_secs(at), time(at))),
            ..Life::default()
        });
        self
    }

    /// The promises that were broken, with the number of breaches.
    fn broken(&self) -> Vec<(&'static str, usize)> {
        let counts = Evidence::new(&self.calls, &self.lives, 1).counts();
        let broken = counts.into_iter().map(|(what, breaches)| (what, breaches.len()));
        broken.filter(|(_, count)| *count > 0).collect()
    }
}

const TOLD: Outcome = Outcome::Extended { deadline: None };
const NOT_FOUND: Outcome = Outcome::Refused(404);

#[test]
fn a_life_as_promised_breaks_nothing() {
    let kept = story()
        .launch((0, 1), "a")
        .extend(TOLD)
        .extend(Outcome::Unknown)
        .delete((5, 6), Outcome::Deleted)
        .delete((5, 7), NOT_FOUND)
        .launch((8, 9), "b");
    assert_eq!(kept.life("a", Some(6), 2).life("b", None, 0).broken(), []);
    let expired = story().launch((0, 1), "a").delete((101, 102), NOT_FOUND);
    assert_eq!(expired.life("a", Some(100), 0).broken(), []);
}

#[test]
fn an_environment_of_two_is_a_double_claim() {
    let outcome = Outcome::Launched { uuid: "a".into(), deadline: None };
    let shared = story().launch((0, 1), "a").call("eve", (0, 1), Action::Launch, outcome);
    assert_eq!(shared.life("a", None, 0).broken(), [("double claims", 1)]);
}

#[test]
fn two_at_once_are_an_overrun_and_twins() {
    let two = story().life("a", None, 0).life("b", None, 0);
    let twins = ("two environments of one template", 1);
    assert_eq!(two.broken(), [("quota overruns", 1), twins]);
}

#[test]
fn extensions_are_neither_lost_nor_doubled() {
    let lost = story().extend(TOLD).extend(TOLD).life("a", None, 1);
    assert_eq!(lost.broken(), [("lost extends", 1)]);
    let double = story().extend(TOLD).extend(Outcome::Failed(503)).life("a", None, 3);
    assert_eq!(double.broken(), [("double extends", 1)]);
}

#[test]
fn an_end_needs_a_deletion_or_a_deadline() {
    let lost = [("acknowledged launches lost", 1)];
    assert_eq!(story().launch((0, 1), "a").life("a", Some(5), 0).broken(), lost);
    assert_eq!(story().launch((0, 1), "a").broken(), lost);
    let later = story().launch((0, 1), "a").delete((6, 7), NOT_FOUND);
    assert_eq!(later.life("a", Some(5), 0).broken(), lost);
    let unclear = story().launch((0, 1), "a").delete((2, 3), Outcome::Unknown);
    assert_eq!(unclear.life("a", Some(50), 0).broken(), []);
}

#[test]
fn a_list_shows_only_what_still_lives() {
    let gone = story().launch((0, 1), "a").extend(TOLD).delete((4, 5), Outcome::Deleted);
    assert_eq!(gone.launch((6, 7), "b").life("b", None, 0).broken(), []);
}

#[test]
fn a_deletion_is_final() {
    let deleted = || story().launch((0, 1), "a").delete((2, 3), Outcome::Deleted);
    assert_eq!(deleted().life("a", None, 0).broken(), [("deleted and still there", 1)]);
    let again = deleted().launch((4, 5), "a").life("a", Some(2), 0);
    assert_eq!(again.broken(), [("deleted and still there", 1)]);
}

#[test]
fn only_another_deletion_explains_a_404() {
    let denied = || story().launch((0, 1), "a").delete((2, 4), NOT_FOUND);
    let broken = [("deletes answered 404 by mistake", 1)];
    assert_eq!(denied().life("a", Some(3), 0).broken(), broken);
    assert_eq!(denied().life("a", None, 0).broken(), broken);
    let other = denied().delete((2, 3), Outcome::Failed(503)).life("a", Some(3), 0);
    assert_eq!(other.broken(), []);
}
