//! What a replica does when it has far more requests than it can answer, and when its API server is
//! slow.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use axum::{
    extract::Request,
    middleware::{Next, from_fn},
};
use futures::future::join_all;
use reqwest::{
    Method, StatusCode,
    header::{ACCEPT, CONTENT_TYPE, RETRY_AFTER},
};
use testbed::{Client, EVENTUALLY_TIMEOUT, eventually};
use tokio::time::{Instant, sleep, timeout};

use super::{
    program::Running,
    world::{World, ready},
};

const MAX_CHANGES: usize = 8;
/// A hundred times the launches that the replica takes on at once.
const LAUNCHES: usize = 100 * MAX_CHANGES;
/// How long a call to the slow API server takes.
const SLOW_CALL: Duration = Duration::from_secs(2);
/// How long the answer of a replica may take that does not wait for its API server. A debug build
/// on a busy machine is slow.
const AT_ONCE: Duration = Duration::from_secs(1);
/// How much a storm may add to the memory of a replica.
const MAX_GROWTH: u64 = 64 << 20;

/// A cluster whose API server is slow on demand.
async fn slow_world() -> (World, Arc<AtomicBool>) {
    let is_slow = Arc::new(AtomicBool::new(false));
    let switch = Arc::clone(&is_slow);
    let world = World::start_behind(|cluster| {
        cluster.layer(from_fn(move |request: Request, next: Next| {
            let is_slow = switch.load(Ordering::SeqCst);
            async move {
                if is_slow {
                    sleep(SLOW_CALL).await;
                }
                next.run(request).await
            }
        }))
    })
    .await;
    world.install().await;
    (world, is_slow)
}

/// The status of a launch, how long it took, and whether a refusal says when to come back.
async fn launch(client: &Client) -> (StatusCode, Duration) {
    let began = Instant::now();
    let response = client.get("/run/notes").await;
    if response.status == StatusCode::SERVICE_UNAVAILABLE {
        assert!(response.headers.contains_key(RETRY_AFTER), "{}", response.text);
    }
    (response.status, began.elapsed())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_storm_is_shed_while_health_and_streams_and_reads_go_on() {
    let (world, is_slow) = slow_world().await;
    let limit = MAX_CHANGES.to_string();
    let variables = [("MAX_CHANGES", limit.as_str())];
    let serve = Running::serve_with(&world.kubeconfig(), &world.issuer, &variables);
    let origin = serve.origin().await;
    let user = |person| Client::new(origin.clone(), world.provider.issue_token(person).ok());
    let (alice, bob, nobody) = (user("alice"), user("bob"), Client::new(origin.clone(), None));
    ready(&nobody).await;
    let mut stream = alice.request(Method::GET, "/api/environments/stream").send().await.unwrap();
    stream.chunk().await.unwrap().expect("an event");
    let before = serve.memory();

    is_slow.store(true, Ordering::SeqCst);
    let storm = join_all((0..LAUNCHES).map(|_| launch(&bob)));
    let calm = async {
        for _ in 0..20 {
            let began = Instant::now();
            assert_eq!(nobody.get("/health").await.status, 200);
            assert_eq!(alice.get("/api/environments").await.status, 200);
            assert!(began.elapsed() < AT_ONCE, "{:?}", began.elapsed());
        }
    };
    let (launches, ()) = tokio::join!(storm, calm);
    let shed = launches.iter().filter(|(status, took)| *status == 503 && *took < AT_ONCE).count();
    let others = launches.iter().filter(|(status, _)| !matches!(status.as_u16(), 200 | 503));
    assert_eq!(others.count(), 0);
    assert!(shed >= LAUNCHES * 9 / 10, "{shed} of {LAUNCHES} were shed at once");
    let growth = serve.memory().saturating_sub(before);
    assert!(growth < MAX_GROWTH, "{growth} bytes more");

    is_slow.store(false, Ordering::SeqCst);
    let began = Instant::now();
    eventually("it recovers", || async { (launch(&alice).await.0 == 200).then_some(()) }).await;
    assert!(began.elapsed() < AT_ONCE, "{:?}", began.elapsed());
    timeout(EVENTUALLY_TIMEOUT, stream.chunk()).await.unwrap().unwrap().expect("an event");
    assert!(!serve.logged().contains("a request failed"), "{}", serve.logged());
    serve.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_browser_at_a_busy_replica_gets_a_page_that_tries_again() {
    let (world, _) = slow_world().await;
    let serve = Running::serve_with(&world.kubeconfig(), &world.issuer, &[("MAX_READS", "0")]);
    let client = Client::new(serve.origin().await, None);
    let get = |accept: &'static str| client.request(Method::GET, "/").header(ACCEPT, accept).send();
    let page = eventually("it listens", || async { get("text/html,*/*").await.ok() }).await;
    assert_eq!(page.status(), 503);
    assert_eq!(page.headers()[CONTENT_TYPE], "text/html; charset=utf-8");
    assert!(page.headers().contains_key(RETRY_AFTER));
    let text = page.text().await.unwrap();
    assert!(text.contains("Dploy is busy") && text.contains("http-equiv=\"refresh\""), "{text}");
    let answer = get("application/json").await.unwrap();
    assert_eq!(answer.headers()[CONTENT_TYPE], "application/json");
    serve.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn open_streams_have_a_limit() {
    let (world, _) = slow_world().await;
    let serve = Running::serve_with(&world.kubeconfig(), &world.issuer, &[("MAX_STREAMS", "2")]);
    let origin = serve.origin().await;
    let alice = Client::new(origin.clone(), world.provider.issue_token("alice").ok());
    ready(&alice).await;
    let open = || async {
        let path = "/api/environments/stream";
        let response = alice.request(Method::GET, path).send().await.unwrap();
        (response.status(), response)
    };
    let (first, second, third) = (open().await, open().await, open().await);
    assert_eq!((first.0.as_u16(), second.0.as_u16(), third.0.as_u16()), (200, 200, 503));
    drop(first);
    eventually("a place is free", || async { (open().await.0 == 200).then_some(()) }).await;
    serve.stop().await;
}
