use super::*;
use crate::pool::queue::tests::{census, queue};

/// The watch shows no seat.
const fn unseated(_: &str) -> Option<String> {
    None
}

#[test]
fn a_served_place_is_not_served_again_while_the_watch_lags() {
    let now = Instant::now();
    let mut memory = ServedMemory::default();
    memory.serving("a", Some("m"), now);
    memory.serving("b", None, now);
    let waiting = queue("a b c");
    let served = memory.settle(&waiting, unseated, now);
    let left: Vec<String> = waiting.without(&served).places().map(|it| it.name.clone()).collect();
    assert_eq!(left, ["c"]);
    // The member counts as claimed, and the released place as one more member.
    let shown = served.shown_in(&census("", "m"));
    assert_eq!(shown.count(|it| it.standing == crate::pool::Standing::Claimed), 2);
    // Once the watch shows them, they are forgotten.
    assert!(memory.settle(&queue("c"), unseated, now) == Served::default() && memory.is_empty());
}

#[test]
fn an_unfinished_assignment_goes_on_once_it_is_seen() {
    let now = Instant::now();
    let mut memory = ServedMemory::default();
    memory.serving("a", Some("m"), now);
    memory.unfinished("a");
    let served = memory.settle(&queue("a"), unseated, now);
    assert!(queue("a").without(&served).is_empty());
    assert_eq!(queue("a=m").without(&served), queue("a=m"));
}

#[test]
fn a_place_that_was_set_aside_is_served_once_its_seat_is_seen_again() {
    let now = Instant::now();
    let mut memory = ServedMemory::default();
    // The watch showed the seat in version 7, and a live read did not find it.
    memory.set_aside("a", Some("7".into()), now);
    let waiting = queue("a b");
    for shown in [Some("7"), None] {
        let served = memory.settle(&waiting, |_| shown.map(Into::into), now);
        let left = waiting.without(&served);
        assert_eq!(left.places().map(|it| &*it.name).collect::<Vec<_>>(), ["b"]);
    }
    let served = memory.settle(&waiting, |place| (place == "a").then(|| "9".into()), now);
    assert_eq!(waiting.without(&served), waiting);
}

#[test]
fn a_place_that_the_watch_keeps_showing_is_served_again() {
    let now = Instant::now();
    let mut memory = ServedMemory::default();
    memory.serving("a", None, now);
    assert_eq!(memory.forgets_after(now), Some(WRITE_VISIBILITY_TIMEOUT));
    let later = now + WRITE_VISIBILITY_TIMEOUT;
    assert!(memory.settle(&queue("a"), unseated, later) == Served::default());
}
