use super::*;

#[test]
fn conflicts_in_a_row_back_off_and_are_reported_once() {
    let retries = Retries::default();
    let met: Vec<_> = (0..20).map(|_| retries.after_conflict("it")).collect();
    let pauses: Vec<u128> = met.iter().map(|it| it.pause.as_millis()).take(10).collect();
    assert_eq!(pauses, [25, 50, 100, 200, 400, 800, 1600, 3200, 5000, 5000]);
    let reported: Vec<usize> = (0..20).filter(|at| met[*at].is_reported).collect();
    assert_eq!(reported, [9], "the tenth");
    retries.succeeded("it");
    assert_eq!(retries.after_conflict("it").pause, MIN_CONFLICT_PAUSE);
}

#[test]
fn failures_back_off_and_conflicts_do_not_count_as_failures() {
    let retries = Retries::default();
    retries.after_conflict("it");
    let pauses: Vec<u128> = (0..3).map(|_| retries.after_failure("it").as_millis()).collect();
    assert_eq!(pauses, [200, 400, 800]);
    assert_eq!(retries.after_failure("other"), MIN_RETRY_PAUSE);
}
