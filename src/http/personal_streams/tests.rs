use serde_json::Map;

use super::*;

fn caller(issuer: Option<&str>, subject: &str) -> Caller {
    Caller {
        subject: subject.to_owned(),
        issuer: issuer.map(str::to_owned),
        username: None,
        username_claim: "name".to_owned(),
        claims: Map::new(),
        admin: false,
    }
}

/// The positions of the streams that were replaced.
fn replaced(open: &[PersonalStream]) -> Vec<usize> {
    let is_replaced =
        |(at, stream): (usize, &PersonalStream)| stream.replaced.is_cancelled().then_some(at);
    open.iter().enumerate().filter_map(is_replaced).collect()
}

#[test]
fn an_eleventh_stream_ends_the_oldest_of_its_person_only() {
    let streams = PersonalStreams::default();
    let (ada, bob) = (caller(None, "ada"), caller(None, "bob"));
    let twin = caller(Some("https://other.test"), "ada");
    let others = [streams.open(&bob), streams.open(&twin)];
    let mut open: Vec<_> = (0..10).map(|_| streams.open(&ada)).collect();
    assert_eq!(replaced(&open), [0; 0]);
    open.push(streams.open(&ada));
    assert_eq!(replaced(&open), [0]);
    open.push(streams.open(&ada));
    assert_eq!(replaced(&open), [0, 1]);
    assert_eq!(replaced(&others), [0; 0]);
}

#[test]
fn a_stream_that_ended_leaves_its_place() {
    let streams = PersonalStreams::default();
    let ada = caller(None, "ada");
    let mut open: Vec<_> = (0..11).map(|_| streams.open(&ada)).collect();
    // The first was replaced: its end frees no place of another.
    open.remove(0);
    open.remove(4);
    open.push(streams.open(&ada));
    assert_eq!(replaced(&open), [0; 0]);
    open.push(streams.open(&ada));
    assert_eq!(replaced(&open), [0]);
    drop(open);
    assert!(streams.lock().is_empty(), "nothing is kept of people without streams");
}
