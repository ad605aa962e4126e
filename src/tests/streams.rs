//! The event streams of one person.

use reqwest::{Method, Response};
use testbed::{Client, EVENTUALLY_TIMEOUT, TestBed};
use tokio::time::timeout;

const MAX_STREAMS: usize = 10;

/// An open stream whose first event has arrived.
async fn open(client: &Client) -> (Response, String) {
    let request = client.request(Method::GET, "/api/environments/stream");
    let mut response = request.send().await.expect("an answer");
    assert_eq!(response.status(), 200);
    let first = next(&mut response).await.expect("the list now");
    (response, first)
}

/// The next chunk; `None` at the end of the stream.
async fn next(stream: &mut Response) -> Option<String> {
    let chunk = timeout(EVENTUALLY_TIMEOUT, stream.chunk()).await.expect("in time");
    chunk.expect("a connection").map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_further_stream_of_a_person_ends_the_oldest_which_comes_back_later() {
    let bed = TestBed::start(env!("CARGO_BIN_EXE_dploy")).await;
    let (alice, bob) = (bed.user("alice"), bed.user("bob"));
    let (mut bobs, _) = open(&bob).await;
    let mut streams = Vec::new();
    for _ in 0..=MAX_STREAMS {
        let (stream, first) = open(&alice).await;
        assert!(first.contains("event: environments") && first.contains("retry: 3000"), "{first}");
        streams.push(stream);
    }
    let oldest = &mut streams[0];
    let end = next(oldest).await.expect("a farewell");
    assert!(end.contains("retry: 60000") && !end.contains("data:"), "{end}");
    assert_eq!(next(oldest).await, None);
    for client in [&alice, &bob] {
        assert_eq!(client.get("/run/sized?size=small").await.status, 200);
    }
    for stream in streams.iter_mut().skip(1).chain([&mut bobs]) {
        // The seat comes first, in an event of its own if the machine is busy.
        while !next(stream).await.expect("these go on").contains("sized") {}
    }
    bed.stop().await;
}
