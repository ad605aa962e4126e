//! Every edit of a chain is found.

use jiff::Timestamp;
use proptest::prelude::*;

use crate::{
    chain::End,
    entry::{Action, Change, Environment, Outcome, Who},
    verify::{Wrong, verify},
};

pub(super) fn change(number: usize) -> Change {
    Change {
        who: Who {
            subject: format!("subject-{number}"),
            name: Some("Ada".into()),
            ..Who::default()
        },
        action: Action::Launch,
        environment: Environment { template: "lab".into(), ..Environment::default() },
        outcome: Outcome::Done,
        request: Some(format!("{number:x}")),
    }
}

/// The lines of a log with that many changes.
fn log(changes: usize) -> Vec<String> {
    let now = Timestamp::UNIX_EPOCH;
    let first = End::default().start("p", 0, now).expect("a line");
    let mut lines = vec![first.text];
    let mut end = first.end;
    for number in 0..changes {
        let line = end.change("p", &change(number), now).expect("a line");
        lines.push(line.text);
        end = line.end;
    }
    lines
}

fn broken_line(lines: &[String]) -> Option<usize> {
    verify(lines.concat().as_bytes()).err().map(|broken| broken.line)
}

#[test]
fn a_log_that_nobody_touched_is_one_chain() {
    let verified = verify(log(5).concat().as_bytes()).expect("a chain");
    assert_eq!((verified.end.seq, verified.torn), (6, 0));
    assert_eq!(verify(b"").expect("no line is no fault").end, End::default());
}

#[test]
fn a_log_without_its_beginning_is_no_log() {
    let lines = log(3);
    let broken = verify(lines[1..].concat().as_bytes()).expect_err("a missing start");
    assert_eq!((broken.line, broken.wrong), (1, Wrong::NoStart));
}

#[test]
fn a_line_with_a_new_hash_does_not_fit_the_next_line() {
    let mut lines = log(3);
    let end = End { seq: 1, hash: crate::chain::parse(lines[0].trim_end()).expect("a line").1 };
    let other = end.change("p", &change(77), Timestamp::UNIX_EPOCH).expect("a line");
    lines[1] = other.text;
    let broken = verify(lines.concat().as_bytes()).expect_err("a replaced line");
    assert_eq!((broken.line, broken.wrong), (3, Wrong::Replaced));
}

#[test]
fn an_unfinished_last_line_is_no_edit() {
    let mut text = log(2).concat();
    let whole = text.len();
    text.push_str(&log(3)[3][..20]);
    let verified = verify(text.as_bytes()).expect("a chain");
    assert_eq!((verified.end.seq, verified.torn), (3, text.len() - whole));
}

proptest! {
    #[test]
    fn a_changed_byte_is_found_in_its_line(
        changes in 1_usize..6,
        line in any::<prop::sample::Index>(),
        at in any::<prop::sample::Index>(),
        byte in 0x20_u8..0x7f,
    ) {
        let mut lines = log(changes);
        let line = line.index(lines.len());
        let mut bytes = lines[line].clone().into_bytes();
        let at = at.index(bytes.len() - 1);
        prop_assume!(bytes[at] != byte);
        bytes[at] = byte;
        lines[line] = String::from_utf8(bytes).expect("ASCII");
        prop_assert_eq!(broken_line(&lines), Some(line + 1));
    }

    #[test]
    fn a_missing_line_is_found_at_the_next_one(
        changes in 2_usize..6,
        line in any::<prop::sample::Index>(),
    ) {
        let mut lines = log(changes);
        // The last line is the tail: no chain can tell that it is missing.
        let line = line.index(lines.len() - 1);
        lines.remove(line);
        prop_assert_eq!(broken_line(&lines), Some(line + 1));
    }

    #[test]
    fn swapped_lines_are_found_at_the_first_of_them(
        changes in 2_usize..6,
        one in any::<prop::sample::Index>(),
        other in any::<prop::sample::Index>(),
    ) {
        let mut lines = log(changes);
        let (one, other) = (one.index(lines.len()), other.index(lines.len()));
        prop_assume!(one != other);
        lines.swap(one, other);
        prop_assert_eq!(broken_line(&lines), Some(one.min(other) + 1));
    }

    #[test]
    fn a_repeated_line_is_found(changes in 1_usize..6, line in any::<prop::sample::Index>()) {
        let mut lines = log(changes);
        let line = line.index(lines.len());
        let again = lines[line].clone();
        lines.insert(line, again);
        prop_assert_eq!(broken_line(&lines), Some(line + 2));
    }
}
