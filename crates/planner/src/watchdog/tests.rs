use super::*;

const SECOND: Duration = Duration::from_secs(1);
const LIMITS: StallLimits =
    StallLimits { min: Duration::from_secs(60), max: Duration::from_secs(300) };

/// Whether a watchdog is stalled `seconds` after a start, given what happened.
fn check(seconds: u32, happened: impl Fn(&mut Watchdog, Instant), is_stalled: bool) {
    let (mut watchdog, start) = (Watchdog::default(), Instant::now());
    happened(&mut watchdog, start);
    assert_eq!(watchdog.is_stalled(&LIMITS, start + SECOND * seconds), is_stalled, "{watchdog:?}");
}

#[test]
fn nothing_to_do_is_no_stall() {
    check(1000, |_, _| (), false);
    let one = |it: &mut Watchdog, start| {
        it.began(start);
        it.ended(true, SECOND, start + SECOND);
    };
    check(1000, one, false);
}

#[test]
fn hung_reconciles_are_a_stall_and_one_that_finishes_is_not() {
    let hung = |it: &mut Watchdog, start| (0..16).for_each(|_| it.began(start));
    check(60, hung, false);
    check(61, hung, true);
    let one_finishes = |it: &mut Watchdog, start| {
        hung(it, start);
        it.ended(true, SECOND, start + SECOND * 50);
    };
    check(61, one_finishes, false);
    check(111, one_finishes, true);
}

#[test]
fn reconciles_without_an_answer_stay_due() {
    let unanswered = |it: &mut Watchdog, start: Instant| {
        for attempt in 0..6 {
            it.began(start + SECOND * attempt * 10);
            it.ended(false, SECOND * 10, start + SECOND * (attempt + 1) * 10);
        }
    };
    check(61, unanswered, true);
    let answered_at_last = |it: &mut Watchdog, start: Instant| {
        unanswered(it, start);
        it.began(start + SECOND * 60);
        it.ended(true, SECOND, start + SECOND * 61);
    };
    check(1000, answered_at_last, false);
}

#[test]
fn a_controller_with_slow_reconciles_has_more_time_within_bounds() {
    let slow = |took: Duration| {
        move |it: &mut Watchdog, start: Instant| {
            for _ in 0..50 {
                it.began(start);
                it.ended(true, took, start);
            }
            it.began(start);
        }
    };
    check(90, slow(SECOND * 5), false);
    check(101, slow(SECOND * 5), true);
    check(300, slow(SECOND * 60), false);
    check(301, slow(SECOND * 60), true);
}
