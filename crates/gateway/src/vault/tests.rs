use std::sync::Arc;

use clock::ManualClock;
use jiff::{SignedDuration, Timestamp};

use super::Vault;

fn vault(most: usize) -> (Vault<u8>, Arc<ManualClock>) {
    let clock = ManualClock::at(Timestamp::UNIX_EPOCH);
    (Vault::new(most, SignedDuration::from_secs(30), clock.clone()), clock)
}

#[test]
fn what_was_taken_is_gone() {
    let (vault, _) = vault(4);
    let key = vault.keep(7);
    assert_eq!((vault.find(&key), vault.take(&key)), (Some(7), Some(7)));
    assert_eq!((vault.find(&key), vault.take(&key)), (None, None));
}

#[test]
fn nothing_is_found_when_its_time_is_up() {
    let (vault, clock) = vault(4);
    let (looked_for, taken) = (vault.keep(1), vault.keep(2));
    clock.advance(SignedDuration::from_secs(30));
    assert_eq!((vault.find(&looked_for), vault.take(&taken)), (None, None));
}

#[test]
fn one_too_many_takes_the_place_of_the_oldest() {
    let (vault, clock) = vault(2);
    let mut keys = Vec::new();
    for value in 0..3 {
        keys.push(vault.keep(value));
        clock.advance(SignedDuration::from_secs(1));
    }
    let found: Vec<_> = keys.iter().map(|key| vault.find(key)).collect();
    assert_eq!(found, [None, Some(1), Some(2)]);
}
