use super::*;

const SECOND: Duration = Duration::from_secs(1);

#[test]
fn an_open_watch_is_out_of_date_once_it_is_quiet_for_too_long() {
    let start = Instant::now();
    let mut signs = Signs::at(start);
    assert_eq!(signs.out_of_date_for(start + SECOND), Duration::ZERO);
    signs.open(start);
    assert_eq!(signs.out_of_date_for(start + QUIET_LIMIT), Duration::ZERO);
    let late = start + QUIET_LIMIT + SECOND;
    assert_eq!(signs.out_of_date_for(late), QUIET_LIMIT + SECOND);
    signs.last = Some(late);
    assert_eq!(signs.out_of_date_for(late), Duration::ZERO);
}

#[test]
fn a_closed_watch_is_out_of_date_since_it_closed() {
    let start = Instant::now();
    let mut signs = Signs::at(start);
    signs.open(start);
    signs.close(start + 50 * SECOND);
    assert_eq!(signs.out_of_date_for(start + 53 * SECOND), 3 * SECOND);
    signs.open(start + 54 * SECOND);
    assert_eq!(signs.out_of_date_for(start + 55 * SECOND), Duration::ZERO);
}

#[test]
fn the_end_of_an_older_watch_does_not_close_a_newer_one() {
    let start = Instant::now();
    let mut signs = Signs::at(start);
    signs.open(start);
    signs.open(start);
    signs.close(start + SECOND);
    assert_eq!(signs.out_of_date_for(start + 10 * SECOND), Duration::ZERO);
}
