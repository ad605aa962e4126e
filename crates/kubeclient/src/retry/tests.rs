use http::HeaderValue;

use super::*;

const PAUSES: Pauses =
    Pauses { first: Duration::from_millis(100), longest: Duration::from_millis(300) };

#[test]
fn pauses_grow_to_a_limit_and_end() {
    for (attempts, longest) in [(1, 100), (2, 200), (3, 300), (MAX_ATTEMPTS - 1, 300)] {
        let pause = PAUSES
            .after(attempts, &HeaderMap::new(), &World::of_the_machine())
            .expect("another attempt");
        assert!(pause <= Duration::from_millis(longest), "{attempts}: {pause:?}");
    }
    assert_eq!(PAUSES.after(MAX_ATTEMPTS, &HeaderMap::new(), &World::of_the_machine()), None);
}

#[test]
fn a_server_that_asks_for_a_pause_gets_it() {
    let headers = HeaderMap::from_iter([(RETRY_AFTER, HeaderValue::from_static("2"))]);
    let pause = PAUSES.after(1, &headers, &World::of_the_machine()).expect("another attempt");
    assert!((Duration::from_secs(2)..=Duration::from_millis(2_100)).contains(&pause), "{pause:?}");
}
