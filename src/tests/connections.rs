//! What connections cost a replica, and when it closes them.

use std::time::Duration;

use futures::{StreamExt as _, stream};
use testbed::{Client, eventually};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    time::{Instant, timeout},
};

use super::{
    program::Running,
    world::{World, ready},
};

const SILENT: usize = 10_000;
/// How many bytes of memory all silent connections may cost together.
const MAX_GROWTH: u64 = 100 << 20;
/// How long a silent connection may last.
const SILENT_ENDS_WITHIN: Duration = Duration::from_secs(15);
/// How long the server may take to close a connection at once, on a busy machine.
const AT_ONCE: Duration = Duration::from_secs(5);

async fn serve(variables: &[(&str, &str)]) -> (World, Running, String) {
    let world = World::start().await;
    world.install().await;
    let serve = Running::serve_with(&world.kubeconfig(), &world.issuer, variables);
    let origin = serve.origin().await;
    ready(&Client::new(origin.clone(), None)).await;
    let address = origin.strip_prefix("http://").expect("an origin").to_owned();
    (world, serve, address)
}

/// Reads until the server closes the connection, which has to happen within that time.
async fn closes(connection: &mut TcpStream, within: Duration) -> String {
    let mut answer = Vec::new();
    let read = timeout(within, connection.read_to_end(&mut answer)).await;
    // A reset closes it, too.
    let _ = read.expect("an end in time");
    String::from_utf8_lossy(&answer).into_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ten_thousand_silent_connections_cost_little_and_end_soon() {
    let (_world, serve, address) = serve(&[("MAX_CONNECTIONS_PER_ADDRESS", "20000")]).await;
    let before = serve.memory();
    let began = Instant::now();
    let connect = || async { TcpStream::connect(&address).await.expect("a connection") };
    let silent = stream::iter(0..SILENT).map(|_| connect()).buffer_unordered(100);
    let mut silent: Vec<TcpStream> = silent.collect().await;
    let opened = began.elapsed();
    let growth = serve.memory().saturating_sub(before);
    assert!(growth < MAX_GROWTH, "{growth} bytes for {SILENT} connections");
    for connection in &mut silent {
        let rest = (opened + SILENT_ENDS_WITHIN).saturating_sub(began.elapsed());
        closes(connection, rest.max(Duration::from_millis(1))).await;
    }
    serve.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_header_that_never_ends_or_is_too_large_is_refused() {
    let (_world, serve, address) = serve(&[]).await;
    let mut slow = TcpStream::connect(&address).await.unwrap();
    slow.write_all(b"GET /health HTTP/1.1\r\nHost: x\r\n").await.unwrap();
    let mut large = TcpStream::connect(&address).await.unwrap();
    let header = format!("GET /health HTTP/1.1\r\nHost: x\r\nX: {}", "x".repeat(40_000));
    // The server may close it while the client still writes.
    let _ = large.write_all(header.as_bytes()).await;
    let answer = closes(&mut large, AT_ONCE).await;
    assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 431"), "{answer}");
    closes(&mut slow, SILENT_ENDS_WITHIN).await;
    serve.stop().await;
}

/// The answer to one request on a connection of its own; empty when that is refused.
async fn health(address: &str) -> String {
    let mut connection = TcpStream::connect(address).await.expect("a connection");
    // The server may have closed it already.
    let request = b"GET /health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    let _ = connection.write_all(request).await;
    closes(&mut connection, AT_ONCE).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_address_has_a_number_of_connections() {
    let (_world, serve, address) = serve(&[("MAX_CONNECTIONS_PER_ADDRESS", "8")]).await;
    let mut open = Vec::new();
    for _ in 0..8 {
        open.push(TcpStream::connect(&address).await.unwrap());
    }
    assert_eq!(health(&address).await, "");
    drop(open);
    let is_answered = || async { health(&address).await.starts_with("HTTP/1.1 200").then_some(()) };
    eventually("an answer", is_answered).await;
    serve.stop().await;
}
