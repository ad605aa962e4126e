use super::*;

#[test]
fn a_manual_clock_moves_only_when_it_is_advanced() {
    let clock = ManualClock::at(Timestamp::UNIX_EPOCH);
    assert_eq!(clock.now(), Timestamp::UNIX_EPOCH);
    clock.advance(SignedDuration::from_secs(90));
    assert_eq!(clock.now().as_second(), 90);
}

#[test]
fn hexadecimal_digits_keep_their_leading_zeros() {
    let names: Vec<String> = (0..64).map(|_| random_hex::<4>()).collect();
    assert!(names.iter().all(|name| name.len() == 8));
}

#[test]
fn jitter_spreads_over_its_whole_range_and_never_exceeds_it() {
    let longest = Duration::from_micros(1);
    let pauses: Vec<Duration> = (0..256).map(|_| jitter(longest)).collect();
    assert!(pauses.iter().all(|pause| *pause <= longest));
    assert!(pauses.contains(&Duration::ZERO) && pauses.contains(&longest));
    assert_eq!(jitter(Duration::ZERO), Duration::ZERO);
}
