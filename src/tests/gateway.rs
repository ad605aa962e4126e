//! The gateway in front of a running environment: who may enter, and what the environment sees of a
//! visitor.

use axum::{
    Router,
    extract::ws::WebSocketUpgrade,
    http::{HeaderMap, header::SET_COOKIE},
    response::{AppendHeaders, IntoResponse},
    routing::get,
};
use futures::{SinkExt as _, StreamExt as _};
use kube::{Api, api::PostParams};
use reqwest::{Method, StatusCode, header};
use resources::DployTemplate;
use serde_json::json;
use testbed::{Client, TestBed, eventually};
use tokio::net::{TcpListener, TcpStream};
use tokio_tungstenite::{
    WebSocketStream, client_async,
    tungstenite::{Error, Message, client::IntoClientRequest as _},
};

use super::{
    program::dploy,
    visitor::{Visitor, location},
};

/// The program of the environment: repeats the headers of every request, and tries to replace the
/// gateway's cookie.
#[tokio::test]
#[ignore = "a program that `dploy dev` starts for the tests below"]
#[expect(clippy::disallowed_methods, reason = "the one setting that an environment is given")]
async fn mirror() {
    let Some(port) = std::env::var("PORT").ok().and_then(|port| port.parse::<u16>().ok()) else {
        return;
    };
    let app = Router::new().route("/socket", get(echo)).fallback(show);
    let listener = TcpListener::bind(("127.0.0.1", port)).await.expect("the port");
    axum::serve(listener, app).await.expect("a server");
}

async fn show(headers: HeaderMap) -> impl IntoResponse {
    let cookies = [(SET_COOKIE, "own=1; Path=/"), (SET_COOKIE, "dploy_gateway=stolen; Path=/")];
    let shown: String = headers
        .iter()
        .map(|(name, value)| format!("{name}: {}\n", value.to_str().unwrap_or("?")))
        .collect();
    (AppendHeaders(cookies), shown)
}

async fn echo(upgrade: WebSocketUpgrade) -> impl IntoResponse {
    upgrade.on_upgrade(|mut socket| async move {
        while let Some(Ok(message)) = socket.recv().await {
            if socket.send(message).await.is_err() {
                return;
            }
        }
    })
}

/// A `dploy dev` in which alice has an environment.
struct Scene {
    bed: TestBed,
    alice: Client,
    /// The address of the environment.
    address: String,
}

impl Scene {
    async fn set() -> Self {
        let bed = TestBed::start(dploy()).await;
        let program = std::env::current_exe().expect("this program");
        let template: DployTemplate = serde_json::from_value(json!({
            "apiVersion": "dploy.dev/v1alpha1",
            "kind": "DployTemplate",
            "metadata": { "name": "mirror" },
            "spec": {
                "displayName": "Mirror",
                "engine": "process",
                "process": {
                    "command": program,
                    "args": ["--ignored", "--exact", "gateway::mirror"],
                    "healthPath": "/",
                },
            },
        }))
        .expect("a template");
        let templates: Api<DployTemplate> = Api::default_namespaced(bed.kube());
        templates.create(&PostParams::default(), &template).await.expect("a template");
        let alice = bed.user("alice");
        eventually("it can be launched", || async {
            (alice.get("/run/mirror").await.status == 200).then_some(())
        })
        .await;
        let address = alice.until_status("mirror", "Healthy").await.field("url");
        Self { bed, alice, address }
    }

    /// Sends a request to the environment with a person's token.
    async fn by_token(&self, person: &str) -> (StatusCode, String) {
        let host = self.address.trim_start_matches("http://").to_owned();
        let client = self.bed.user(person);
        let answer = client.send(client.request(Method::GET, "/").header(header::HOST, host)).await;
        (answer.status, answer.text)
    }

    async fn socket(&self, cookies: &str, origin: &str) -> Result<WebSocketStream<TcpStream>, u16> {
        let mut request = format!("{}/socket", self.address.replace("http://", "ws://"))
            .into_client_request()
            .expect("an address");
        for (name, value) in [(header::COOKIE, cookies), (header::ORIGIN, origin)] {
            request.headers_mut().insert(name, value.parse().expect("a value"));
        }
        let port = self.bed.origin().rsplit_once(':').and_then(|(_, port)| port.parse().ok());
        let stream =
            TcpStream::connect(("127.0.0.1", port.expect("a port"))).await.expect("a connection");
        match client_async(request, stream).await {
            Ok((socket, _)) => Ok(socket),
            Err(Error::Http(response)) => Err(response.status().as_u16()),
            Err(other) => panic!("{other}"),
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_owner_comes_in_and_brings_nothing_of_dploys() {
    let scene = Scene::set().await;
    let mut browser = Visitor::new();
    let (end, shown) = browser.sign_in(&format!("{}/a?b=c", scene.address), "alice").await;
    assert_eq!(
        (end, shown.status.as_u16()),
        (format!("{}/a?b=c", scene.address), 200),
        "{}",
        shown.text
    );
    let session = browser.cookies_for(&scene.address);
    assert!(session.contains("dploy_gateway=") && !session.contains("stolen"), "{session}");

    let again = browser.open(&scene.address).await;
    assert!(again.text.contains("cookie: own=1\n"), "its own cookies pass: {}", again.text);
    let (status, by_token) = scene.by_token("alice").await;
    assert_eq!(status, 200);
    for text in [shown.text, again.text, by_token] {
        let seen = text.to_ascii_lowercase();
        assert!(
            !seen.contains("dploy_") && !seen.contains("bearer") && !seen.contains("authorization"),
            "{text}"
        );
    }

    assert_eq!(scene.alice.delete("/run/mirror").await.status, 204);
    assert_eq!(browser.open(&scene.address).await.status, 410, "it is gone");
    scene.bed.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_else_comes_in() {
    let scene = Scene::set().await;
    let mut bob = Visitor::new();
    let (end, refused) = bob.sign_in(&scene.address, "bob").await;
    assert!(end.starts_with(&scene.bed.origin()), "{end}");
    assert_eq!((refused.status.as_u16(), scene.by_token("bob").await.0.as_u16()), (404, 404));
    let (_, unknown) = bob.visit(&scene.address.replace("mirror-", "mirror-0")).await;
    assert_eq!(
        (unknown.status, unknown.text),
        (refused.status, refused.text),
        "nobody can tell which are there"
    );

    let mut nobody = Visitor::new();
    let sent = nobody.open(&scene.address).await;
    let to = location(&scene.address, &sent).expect("a redirect");
    assert!(to.starts_with(&format!("{}/gateway/open?", scene.bed.origin())), "{to}");
    let sent = nobody.open(&to).await;
    let to = location(&to, &sent).expect("a redirect");
    assert!(to.starts_with(&format!("{}/auth/login?", scene.bed.origin())), "{to}");
    scene.bed.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ticket_lets_in_once_and_in_its_own_browser() {
    let scene = Scene::set().await;
    let mut browser = Visitor::new();
    browser.sign_in(&format!("{}/auth/login", scene.bed.origin()), "alice").await;
    let mut tickets = Vec::new();
    for _ in 0..2 {
        let mut at = scene.address.clone();
        while !at.contains("/.dploy/ticket") {
            let sent = browser.open(&at).await;
            at = location(&at, &sent)
                .unwrap_or_else(|| panic!("{at}: {} {}", sent.status, sent.text));
        }
        tickets.push(at);
    }
    assert_eq!(Visitor::new().open(&tickets[0]).await.status, 400, "another browser");
    assert_eq!(browser.open(&tickets[1]).await.status, 303);
    assert_eq!(browser.open(&tickets[1]).await.status, 400, "used");
    assert_eq!(browser.open(&tickets[0]).await.status, 400, "spoiled by the other browser");
    assert_eq!(browser.open(&scene.address).await.status, 200);
    scene.bed.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn websockets_pass_from_the_environments_own_pages_only() {
    let scene = Scene::set().await;
    let mut browser = Visitor::new();
    browser.sign_in(&scene.address, "alice").await;
    let cookies = browser.cookies_for(&scene.address);
    let mut socket = scene.socket(&cookies, &scene.address).await.expect("a websocket");
    socket.send(Message::text("grüße")).await.expect("a message");
    let echoed = socket.next().await.expect("an answer").expect("a message");
    assert_eq!(echoed, Message::text("grüße"));
    for origin in [scene.bed.origin().as_str(), "http://evil.example", "null"] {
        assert_eq!(scene.socket(&cookies, origin).await.err(), Some(403), "{origin}");
    }
    assert_eq!(scene.socket("own=1", &scene.address).await.err(), Some(401), "no session");
    drop(socket);
    scene.bed.stop().await;
}
