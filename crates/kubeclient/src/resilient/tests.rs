use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering::SeqCst},
};

use futures::{StreamExt as _, TryStreamExt as _, stream};
use http::{Method, header::RETRY_AFTER};
use http_body_util::StreamBody;
use hyper::body::Frame;
use kube::{Client, client::ClientBuilder, core::DynamicObject};
use tower::service_fn;

use super::*;
use crate::retry::MAX_ATTEMPTS;

const SHORT: Duration = Duration::from_millis(50);

/// Deadlines that tests never reach, and pauses that they do not feel.
fn limits() -> Limits {
    let pauses = Pauses { first: Duration::from_micros(10), longest: Duration::from_micros(100) };
    Limits { pauses, ..Limits::default() }
}

fn limited<S>(inner: S, limits: Limits) -> Resilient<S> {
    Resilient { inner, limits, world: World::of_the_machine() }
}

fn request(method: Method, uri: &str) -> http::request::Builder {
    Request::builder().method(method).uri(uri)
}

/// Sends a request to a service that answers with these statuses in turn, the last one again and
/// again. Returns the last status and the number of requests.
async fn requests_until_final(
    request: http::request::Builder,
    statuses: &[u16],
    limits: Limits,
) -> (u16, usize) {
    let (statuses, count) = (statuses.to_vec(), Arc::new(AtomicUsize::new(0)));
    let counted = Arc::clone(&count);
    let service = service_fn(move |request: Request<Body>| {
        let n = counted.fetch_add(1, SeqCst);
        let status = *statuses.get(n).unwrap_or(&statuses[statuses.len() - 1]);
        async move {
            let sent = request.into_body().collect_bytes().await.expect("a body");
            assert_eq!(sent, "sent", "each attempt sends the whole body");
            let response = Response::builder().status(status).header(RETRY_AFTER, "0");
            Ok::<_, Infallible>(response.body(Full::new(Bytes::from_static(b"{}"))).expect("valid"))
        }
    });
    let client = ClientBuilder::new(limited(service, limits), "default").build();
    let sent = request.body(Body::from(b"sent".to_vec())).expect("a request");
    let response = client.send(sent).await.expect("an answer");
    (response.status().as_u16(), count.load(SeqCst))
}

#[tokio::test]
async fn reads_are_repeated_when_the_server_is_busy_and_writes_only_when_they_were_not_executed() {
    let repeated = [
        (Method::GET, vec![429, 503, 504]),
        (Method::POST, vec![429]),
        (Method::PUT, vec![429]),
        (Method::PATCH, vec![429]),
        (Method::DELETE, vec![429]),
    ];
    for (method, repeated) in repeated {
        for status in [400, 404, 408, 409, 425, 429, 500, 502, 503, 504] {
            let expected = if repeated.contains(&status) { (200, 2) } else { (status, 1) };
            let seen =
                requests_until_final(request(method.clone(), "/api"), &[status, 200], limits())
                    .await;
            assert_eq!(seen, expected, "{method} {status}");
        }
    }
}

#[tokio::test]
async fn a_watch_is_left_to_its_caller() {
    let watch = request(Method::GET, "/api/v1/pods?watch=true&timeoutSeconds=290");
    assert_eq!(requests_until_final(watch, &[429, 200], limits()).await, (429, 1));
}

#[tokio::test]
async fn attempts_are_bounded() {
    let seen = requests_until_final(request(Method::GET, "/api"), &[503], limits()).await;
    assert_eq!(seen, (503, MAX_ATTEMPTS as usize));
}

#[tokio::test]
async fn a_pause_beyond_the_deadline_is_not_waited_for() {
    let longest = Duration::from_secs(3_600);
    let pauses = Pauses { first: longest, longest };
    let limits = Limits { call: Duration::from_millis(1), pauses, ..limits() };
    let seen = requests_until_final(request(Method::GET, "/api"), &[503], limits).await;
    assert_eq!(seen, (503, 1));
}

/// A client of a server that never answers.
fn unanswered(limits: Limits) -> Client {
    let service = service_fn(|_: Request<Body>| {
        std::future::pending::<Result<Response<Full<Bytes>>, Infallible>>()
    });
    ClientBuilder::new(limited(service, limits), "default").build()
}

async fn exceeded(client: &Client, request: http::request::Builder) -> DeadlineExceeded {
    let error = client.send(request.body(Body::empty()).expect("a request")).await;
    match error.expect_err("no answer") {
        kube::Error::Service(error) => *error.downcast().expect("the deadline"),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn each_kind_of_call_has_its_deadline() {
    let limits = Limits { call: SHORT, apply: SHORT * 2, watch_start: SHORT * 3, ..limits() };
    let client = unanswered(limits);
    let apply =
        request(Method::PATCH, "/api").header("content-type", "application/apply-patch+yaml");
    assert_eq!(exceeded(&client, request(Method::GET, "/api")).await.0, SHORT);
    assert_eq!(exceeded(&client, request(Method::POST, "/api")).await.0, SHORT);
    assert_eq!(exceeded(&client, request(Method::PATCH, "/api")).await.0, SHORT);
    assert_eq!(exceeded(&client, apply).await.0, SHORT * 2);
    assert_eq!(exceeded(&client, request(Method::GET, "/api?watch=1")).await.0, SHORT * 3);
}

/// A client of a server that sends these parts of a body, then nothing.
fn stalled(parts: &'static [&'static str], limits: Limits) -> Client {
    let service = service_fn(move |_: Request<Body>| {
        let parts = stream::iter(parts).chain(stream::pending());
        let frames =
            parts.map(|it| Ok::<_, Infallible>(Frame::data(Bytes::from_static(it.as_bytes()))));
        async move { Ok::<_, Infallible>(Response::new(StreamBody::new(frames))) }
    });
    ClientBuilder::new(limited(service, limits), "default").build()
}

#[tokio::test]
async fn an_answer_that_stalls_halfway_is_no_answer() {
    let client = stalled(&["{\"kind\":"], Limits { call: SHORT, ..limits() });
    assert_eq!(exceeded(&client, request(Method::GET, "/api")).await.0, SHORT);
}

#[tokio::test]
async fn a_silent_watch_ends_and_a_watch_without_bookmarks_does_not() {
    let event = "{\"type\":\"BOOKMARK\",\"object\":{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"metadata\":{\"resourceVersion\":\"7\"}}}\n";
    let parts: &'static [&'static str] = Box::leak(Box::new([event]));
    let client = stalled(parts, Limits { watch_idle: SHORT, ..limits() });
    let watch = |query: &str| {
        let uri = format!("/api/v1/pods?watch=true{query}");
        let request = Request::get(uri).body(Vec::new()).expect("a request");
        client.request_events::<DynamicObject>(request)
    };
    let events = watch("&allowWatchBookmarks=true").await.expect("a watch");
    let events: Result<Vec<_>, _> = events.try_collect().await;
    assert_eq!(events.ok().map(|it| it.len()), Some(1), "an end without an error");
    let endless = watch("").await.expect("a watch").try_collect::<Vec<_>>();
    assert!(timeout(SHORT * 4, endless).await.is_err(), "only its server ends it");
}
