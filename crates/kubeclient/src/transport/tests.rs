use std::{
    net::SocketAddr,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering::SeqCst},
    },
};

use axum::{
    Router,
    extract::ConnectInfo,
    http::{Method, StatusCode},
    routing::any,
};
use kube::Client;
use tokio::net::TcpListener;

use super::*;

/// A client of a server at a port that answers every other request with a 503.
struct Busy {
    client: Client,
    server: SocketAddr,
    requests: Arc<AtomicUsize>,
    /// The client's end of the last connection.
    peer: Arc<Mutex<Option<SocketAddr>>>,
}

impl Busy {
    async fn start() -> Self {
        let (requests, peer) = (Arc::new(AtomicUsize::new(0)), Arc::new(Mutex::new(None)));
        let (counted, seen) = (Arc::clone(&requests), Arc::clone(&peer));
        let handler = any(async move |ConnectInfo(from): ConnectInfo<SocketAddr>| {
            *seen.lock().expect("a lock") = Some(from);
            match counted.fetch_add(1, SeqCst) % 2 {
                0 => (StatusCode::SERVICE_UNAVAILABLE, "{}"),
                _ => (StatusCode::OK, "{}"),
            }
        });
        let router = Router::new().fallback(handler);
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let server = listener.local_addr().expect("an address");
        let service = router.into_make_service_with_connect_info::<SocketAddr>();
        tokio::spawn(axum::serve(listener, service).into_future());
        let config = Config::new(format!("http://{server}").parse().expect("a URL"));
        let client = connect(config).expect("a client").build();
        Self { client, server, requests, peer }
    }

    async fn status(&self, method: Method) -> u16 {
        let request = Request::builder().method(method).uri("/version").body(Body::empty());
        let response = self.client.send(request.expect("a request")).await.expect("an answer");
        response.status().as_u16()
    }
}

#[tokio::test]
async fn a_write_that_was_answered_with_503_is_sent_once() {
    let busy = Busy::start().await;
    for method in [Method::POST, Method::PUT, Method::PATCH, Method::DELETE] {
        busy.requests.store(0, SeqCst);
        assert_eq!(busy.status(method.clone()).await, 503, "{method}");
        assert_eq!(busy.requests.load(SeqCst), 1, "{method}");
    }
}

#[tokio::test]
async fn a_read_that_was_answered_with_503_is_sent_again() {
    let busy = Busy::start().await;
    assert_eq!(busy.status(Method::GET).await, 200);
    assert_eq!(busy.requests.load(SeqCst), 2);
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn an_idle_connection_is_probed() {
    let busy = Busy::start().await;
    busy.status(Method::GET).await;
    let client = busy.peer.lock().expect("a lock").expect("a connection");
    let address = |it: SocketAddr| format!("0100007F:{:04X}", it.port());
    let sockets = std::fs::read_to_string("/proc/self/net/tcp").expect("the kernel's sockets");
    let socket = sockets
        .lines()
        .map(|line| line.split_whitespace().collect::<Vec<_>>())
        .find(|it| it[1] == address(client) && it[2] == address(busy.server));
    let timer = socket.expect("the client's socket")[5];
    assert!(timer.starts_with("02:"), "the keepalive timer runs: {timer}");
}

#[tokio::test]
async fn a_proxy_is_refused_instead_of_ignored() {
    let mut config = Config::new("http://127.0.0.1:1".parse().expect("a URL"));
    config.proxy_url = Some("http://127.0.0.1:2".parse().expect("a URL"));
    assert!(matches!(connect(config), Err(kube::Error::ProxyProtocolUnsupported { .. })));
}
