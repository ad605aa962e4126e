//! The simulation itself, and seeds that failed once.

use simulation::{plan::Plan, run::run};

#[test]
fn the_same_seed_gives_the_same_schedule() {
    for seed in [1, 2, 3] {
        let (one, other) = (run(&Plan::of(seed)), run(&Plan::of(seed)));
        assert_eq!(one.trace.hash(), other.trace.hash(), "seed {seed}");
    }
}
