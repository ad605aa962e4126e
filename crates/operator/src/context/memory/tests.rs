use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;

use super::*;

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

fn seat(chosen_at: &str) -> Seat {
    Seat {
        template: "lab".into(),
        instance: "lab-0123abcd".into(),
        uuid: "0123abcd".into(),
        since: Time(at(0)),
        chosen_at: Some(chosen_at.into()),
        ticket: None,
    }
}

#[test]
fn a_member_that_is_chosen_again_waits_anew() {
    let (waiting, first, second) = (WaitingSeats::default(), seat("7"), seat("8"));
    assert_eq!(waiting.since("ada", &[&first], at(1)), [at(1)]);
    assert_eq!(waiting.since("ada", &[&first], at(2)), [at(1)]);
    assert_eq!(waiting.since("ada", &[&second], at(3)), [at(3)]);
}

#[test]
fn a_seat_that_does_not_wait_any_more_is_forgotten_and_so_is_a_deleted_owner() {
    let (waiting, seat) = (WaitingSeats::default(), seat("7"));
    waiting.since("ada", &[&seat], at(1));
    waiting.since("bob", &[&seat], at(1));
    waiting.since("ada", &[], at(2));
    waiting.retain(|owner| owner != "bob");
    assert!(waiting.waiting().is_empty());
}
