use std::{net::SocketAddr, time::Duration};

use axum::{
    body::{Body, Bytes},
    http::header,
};
use futures::{SinkExt, StreamExt, channel::mpsc};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    time::timeout,
};
use tokio_tungstenite::{
    WebSocketStream, client_async,
    tungstenite::{Error, Message, client::IntoClientRequest},
};
use tower::ServiceExt;

use super::{
    super::Backend,
    fixture::{ADAS, Fixture, request, serve},
};

/// The longest wait of a test; generous for a busy machine.
const TEST_TIMEOUT: Duration = Duration::from_secs(10);

#[tokio::test]
async fn whatever_proves_who_the_visitor_is_stays_behind() {
    let fixture = Fixture::start().await;
    let cookies =
        format!("{}; theme=dark; dploy_gateway_nonce=n", fixture.enter(ADAS, "ada").await);
    let headers = [
        ("cookie", cookies.as_str()),
        ("authorization", "Bearer something"),
        ("x-forwarded-for", "10.0.0.1"),
        ("x-forwarded-proto", "https"),
        ("forwarded", "for=10.0.0.1"),
        ("connection", "keep-alive, x-private"),
        ("x-private", "1"),
        ("te", "trailers"),
        ("accept-language", "de"),
    ];
    let answer = fixture.get(&format!("http://{ADAS}/a%2Fb/../c?q=%20"), &headers).await;
    for line in [
        "GET /a%2Fb/../c?q=%20",
        "cookie: theme=dark",
        "accept-language: de",
        &format!("host: {ADAS}"),
        &format!("x-forwarded-host: {ADAS}"),
        "x-forwarded-for: 127.0.0.1",
        "x-forwarded-proto: http",
    ] {
        assert!(answer.told(line), "{line:?} is missing in {}", answer.text);
    }
    for word in ["dploy", "Bearer", "10.0.0.1", "private", "trailers", "https"] {
        assert!(!answer.text.contains(word), "{word:?} is in {}", answer.text);
    }
}

#[tokio::test]
async fn the_environments_own_basic_authentication_passes() {
    let fixture = Fixture::start().await;
    let cookie = fixture.enter(ADAS, "ada").await;
    let headers = [("cookie", cookie.as_str()), ("authorization", "Basic YWRhOng=")];
    let answer = fixture.get(&format!("http://{ADAS}/"), &headers).await;
    assert!(answer.told("authorization: Basic YWRhOng="));
}

#[tokio::test]
async fn a_script_comes_in_with_a_token_that_the_environment_does_not_see() {
    let fixture = Fixture::start().await;
    let url = format!("http://{ADAS}/");
    let answer = fixture
        .send(request("POST", &url, &[("authorization", "bearer x"), ("authorization", "")]))
        .await;
    assert_eq!(answer.status, 401);
    let answer = fixture.get(&url, &[("authorization", "Bearer ada")]).await;
    assert_eq!(answer.status, 200);
    assert!(!answer.text.contains("ada\n"), "{}", answer.text);
}

#[tokio::test]
async fn cookies_of_an_environment_stay_on_its_host() {
    let fixture = Fixture::start().await;
    let cookie = fixture.enter(ADAS, "ada").await;
    let answer = fixture.get(&format!("http://{ADAS}/cookies"), &[("cookie", &cookie)]).await;
    assert_eq!(answer.headers[header::SET_COOKIE], "a=1");
    assert_eq!(answer.headers["x-own"], "kept");
}

#[tokio::test]
async fn bodies_pass_as_they_come_in_both_directions() {
    let fixture = Fixture::start().await;
    let cookie = fixture.enter(ADAS, "ada").await;
    let (mut upload, parts) = mpsc::channel::<Result<Bytes, std::io::Error>>(1);
    let mut request = request("POST", &format!("http://{ADAS}/upload"), &[("cookie", &cookie)]);
    *request.body_mut() = Body::from_stream(parts);

    upload.send(Ok(Bytes::from_static(b"one"))).await.unwrap();
    let response =
        timeout(TEST_TIMEOUT, fixture.app.clone().oneshot(request)).await.unwrap().unwrap();
    let mut download = response.into_body().into_data_stream();
    for part in ["one", "two"] {
        let came = timeout(TEST_TIMEOUT, download.next()).await.unwrap().unwrap().unwrap();
        assert_eq!(came, part);
        upload.send(Ok(Bytes::from_static(b"two"))).await.unwrap();
    }
}

#[tokio::test]
async fn a_visitor_who_leaves_is_not_answered_any_more() {
    let fixture = Fixture::start().await;
    let cookie = fixture.enter(ADAS, "ada").await;
    let slow = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = slow.local_addr().unwrap();
    fixture.set_backend(move || Ok(Backend::Listening(address)));

    let gateway = serve(fixture.app.clone()).await;
    let mut visitor = TcpStream::connect(gateway).await.unwrap();
    let asked = format!("GET / HTTP/1.1\r\nHost: {ADAS}\r\nCookie: {cookie}\r\n\r\n");
    visitor.write_all(asked.as_bytes()).await.unwrap();
    let (mut arrived, _) = timeout(TEST_TIMEOUT, slow.accept()).await.unwrap().unwrap();
    drop(visitor);
    let mut all = Vec::new();
    let closed = timeout(TEST_TIMEOUT, arrived.read_to_end(&mut all)).await;
    assert!(closed.is_ok(), "the connection to the environment stays open");
}

#[tokio::test]
async fn an_environment_that_does_not_answer_is_said_to() {
    let fixture = Fixture::start().await;
    let cookie = fixture.enter(ADAS, "ada").await;
    let closed = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = closed.local_addr().unwrap();
    drop(closed);
    fixture.set_backend(move || Ok(Backend::Listening(address)));
    let headers = [("cookie", cookie.as_str()), ("accept", "text/html")];
    let answer = fixture.get(&format!("http://{ADAS}/"), &headers).await;
    assert_eq!(answer.status, 502);
    assert!(answer.text.contains("does not answer") && !answer.text.contains("127.0.0.1"));
}

async fn websocket(
    gateway: SocketAddr,
    headers: &[(&str, &str)],
) -> Result<WebSocketStream<TcpStream>, u16> {
    let mut request = format!("ws://{ADAS}/echo").into_client_request().unwrap();
    for (name, value) in headers {
        let name: header::HeaderName = name.parse().unwrap();
        request.headers_mut().insert(name, value.parse().unwrap());
    }
    let stream = TcpStream::connect(gateway).await.unwrap();
    match client_async(request, stream).await {
        Ok((socket, _)) => Ok(socket),
        Err(Error::Http(response)) => Err(response.status().as_u16()),
        Err(other) => panic!("{other}"),
    }
}

#[tokio::test]
async fn websockets_pass_both_ways() {
    let fixture = Fixture::start().await;
    let cookie = fixture.enter(ADAS, "ada").await;
    let gateway = serve(fixture.app.clone()).await;
    let own = format!("http://{ADAS}");
    let by_page = [("cookie", cookie.as_str()), ("origin", own.as_str())];
    let by_script = [("authorization", "Bearer ada")];
    for headers in [by_page.as_slice(), by_script.as_slice()] {
        let mut socket = websocket(gateway, headers).await.unwrap();
        for message in [Message::text("grüße"), Message::binary(vec![0; 100_000])] {
            socket.send(message.clone()).await.unwrap();
            let echoed = timeout(TEST_TIMEOUT, socket.next()).await.unwrap().unwrap().unwrap();
            assert_eq!(echoed, message);
        }
    }
}

#[tokio::test]
async fn a_page_of_another_origin_opens_no_websocket() {
    let fixture = Fixture::start().await;
    let cookie = fixture.enter(ADAS, "ada").await;
    let gateway = serve(fixture.app.clone()).await;
    for origin in [
        "http://sized-0000000b.localhost:8080",
        "http://localhost:8080",
        "http://webterm-0000000a.localhost:9090",
        "http://webterm-0000000a.localhost",
        "https://webterm-0000000a.localhost:8080",
        "http://evil.example",
        "null",
    ] {
        let headers = [("cookie", cookie.as_str()), ("origin", origin)];
        assert_eq!(websocket(gateway, &headers).await.err(), Some(403), "{origin}");
    }
    assert_eq!(websocket(gateway, &[("cookie", &cookie)]).await.err(), Some(403), "no origin");
    assert_eq!(websocket(gateway, &[]).await.err(), Some(401), "no session");
}
