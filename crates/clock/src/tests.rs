use std::time::Duration;

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
    let world = World::of_the_machine();
    let longest = Duration::from_micros(1);
    let pauses: Vec<Duration> = (0..256).map(|_| world.jitter(longest)).collect();
    assert!(pauses.iter().all(|pause| *pause <= longest));
    assert!(pauses.contains(&Duration::ZERO) && pauses.contains(&longest));
    assert_eq!(world.jitter(Duration::ZERO), Duration::ZERO);
}

#[test]
fn a_seed_repeats_its_random_values_and_another_seed_gives_others() {
    let drawn = |seed| {
        let world = World { clock: SystemClock::shared(), entropy: SeededEntropy::shared(seed) };
        let hex: Vec<String> = (0..4).map(|_| world.random_hex::<5>()).collect();
        (hex, world.random_index(3..1_000), world.jitter(Duration::from_secs(1)))
    };
    assert_eq!(drawn(1), drawn(1));
    assert_ne!(drawn(1), drawn(2));
    assert_eq!(World::of_the_machine().random_index(7..7), 7);
}
