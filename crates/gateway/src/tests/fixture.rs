//! A gateway with an environment of Ada's, which repeats every request in its response.

use std::{net::SocketAddr, sync::Arc};

use axum::{
    Extension, Router,
    body::{Body, to_bytes},
    extract::{ConnectInfo, Request, WebSocketUpgrade, ws::Message},
    http::{HeaderMap, HeaderValue, Response, header},
    response::IntoResponse,
    routing::{any, get},
};
use clock::ManualClock;
use futures::future::{BoxFuture, FutureExt};
use identity::Principal;
use jiff::{SignedDuration, Timestamp};
use tokio::{net::TcpListener, sync::watch};
use tower::ServiceExt;

use super::super::{Addresses, Backend, BackendError, Directory, Gateway, Visitors};

pub(super) const SITE: &str = "localhost:8080";
pub(super) const ADAS: &str = "webterm-0000000a.localhost:8080";
pub(super) const ANOTHER_OF_ADAS: &str = "sized-0000000b.localhost:8080";

/// The backend of Ada's environments; no other visitor has any.
type Lookup = Arc<dyn Fn() -> Result<Backend, BackendError> + Send + Sync>;

struct AdasDirectory(watch::Receiver<Lookup>);

impl Directory for AdasDirectory {
    fn backend<'a>(
        &'a self,
        visitor: &'a Principal,
        label: &'a str,
    ) -> BoxFuture<'a, Result<Backend, BackendError>> {
        let adas = ["webterm-0000000a", "sized-0000000b"].contains(&label);
        let answer = if visitor.subject == "ada" && adas {
            (self.0.borrow())()
        } else {
            Err(BackendError::NotFound)
        };
        async { answer }.boxed()
    }
}

/// Verifies people by a cookie, or a bearer token, that is their name.
struct Names;

impl Visitors for Names {
    fn verify<'a>(&'a self, headers: &'a HeaderMap) -> BoxFuture<'a, Option<Arc<Principal>>> {
        let cookie = headers.get(header::COOKIE).and_then(|value| value.to_str().ok());
        let token = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
        let name = token
            .and_then(|value| value.strip_prefix("Bearer "))
            .or_else(|| cookie.and_then(|value| value.strip_prefix("dploy_session=")));
        let known = name.filter(|name| ["ada", "bob"].contains(name));
        let visitor = known.map(|name| {
            Arc::new(Principal {
                subject: name.to_owned(),
                username: Some(name.to_owned()),
                claims: serde_json::Map::new(),
                admin: false,
                expires_at: Timestamp::MAX,
            })
        });
        async { visitor }.boxed()
    }
}

/// The site at [`SITE`], as `dploy dev` has it.
pub(super) fn addresses() -> Addresses {
    Addresses {
        site: format!("http://{SITE}"),
        site_aliases: ["127.0.0.1", "[::1]"].map(str::to_owned).to_vec(),
        environments: SITE.to_owned(),
    }
}

pub(super) struct Fixture {
    pub(super) app: Router,
    pub(super) clock: Arc<ManualClock>,
    lookup: watch::Sender<Lookup>,
}

impl Fixture {
    /// The environment listens.
    pub(super) async fn start() -> Self {
        let address = environment().await;
        let lookup: Lookup = Arc::new(move || Ok(Backend::Listening(address)));
        let (lookup, read) = watch::channel(lookup);
        let clock = ManualClock::at(Timestamp::UNIX_EPOCH);
        let gateway = Gateway::new(addresses(), AdasDirectory(read), Names, clock.clone());
        let site = Router::new().route("/", get("the site")).merge(gateway.site_routes());
        let visitor = ConnectInfo(SocketAddr::from(([127, 0, 0, 1], 4711)));
        let app = gateway.in_front_of(site).layer(Extension(visitor));
        Self { app, clock, lookup }
    }

    /// Replaces the backend of Ada's environments.
    pub(super) fn set_backend(
        &self,
        lookup: impl Fn() -> Result<Backend, BackendError> + Send + Sync + 'static,
    ) {
        self.lookup.send_replace(Arc::new(lookup));
    }

    pub(super) fn pass(&self, seconds: i64) {
        self.clock.advance(SignedDuration::from_secs(seconds));
    }

    pub(super) async fn send(&self, request: Request) -> Answered {
        Answered::of(self.app.clone().oneshot(request).await.unwrap()).await
    }

    /// Visits an address with these headers.
    pub(super) async fn get(&self, url: &str, headers: &[(&str, &str)]) -> Answered {
        self.send(request("GET", url, headers)).await
    }

    /// Takes a browser into `host`, signed in to the site as `name`; returns the session's cookie.
    pub(super) async fn enter(&self, host: &str, name: &str) -> String {
        let (ticket, nonce) = self.ticket(host, "/", name).await;
        let redeemed = self.get(&ticket, &[("cookie", &nonce)]).await;
        assert_eq!(redeemed.status, 303, "{}", redeemed.text);
        redeemed.cookie()
    }

    /// The address of a ticket for `host`, and the cookie of the nonce that it is bound to.
    pub(super) async fn ticket(&self, host: &str, path: &str, name: &str) -> (String, String) {
        let invited = self.get(&format!("http://{host}{path}"), &[]).await;
        assert_eq!(invited.status, 303);
        let session = format!("dploy_session={name}");
        let opened = self.get(invited.location(), &[("cookie", &session)]).await;
        assert_eq!(opened.status, 303, "{}", opened.text);
        (opened.location().trim_end_matches('#').to_owned(), invited.cookie())
    }
}

pub(super) struct Answered {
    pub(super) status: u16,
    pub(super) headers: HeaderMap,
    pub(super) text: String,
}

impl Answered {
    async fn of(response: Response<Body>) -> Self {
        let (parts, body) = response.into_parts();
        let bytes = to_bytes(body, usize::MAX).await.unwrap();
        Self {
            status: parts.status.as_u16(),
            headers: parts.headers,
            text: String::from_utf8(bytes.to_vec()).unwrap(),
        }
    }

    pub(super) fn location(&self) -> &str {
        self.headers[header::LOCATION].to_str().unwrap()
    }

    /// The cookie that was set, as a browser sends it back.
    pub(super) fn cookie(&self) -> String {
        let set = self.headers[header::SET_COOKIE].to_str().unwrap();
        set.split(';').next().unwrap().to_owned()
    }

    /// Whether the environment was told this header, in lower case.
    pub(super) fn told(&self, line: &str) -> bool {
        self.text.lines().any(|told| told == line)
    }
}

pub(super) fn request(method: &str, url: &str, headers: &[(&str, &str)]) -> Request {
    let rest = url.strip_prefix("http://").unwrap();
    let (host, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let path = if path.is_empty() { "/" } else { path };
    let mut request = Request::builder().method(method).uri(path).body(Body::empty()).unwrap();
    request.headers_mut().insert(header::HOST, HeaderValue::from_str(host).unwrap());
    for (name, value) in headers {
        let name: header::HeaderName = name.parse().unwrap();
        request.headers_mut().append(name, HeaderValue::from_str(value).unwrap());
    }
    request
}

/// Serves `app` on loopback.
pub(super) async fn serve(app: Router) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, app).await });
    address
}

/// An environment that repeats every request line and header, and echoes websockets.
async fn environment() -> SocketAddr {
    let echo = |upgrade: WebSocketUpgrade| async {
        upgrade.on_upgrade(|mut socket| async move {
            while let Some(Ok(message @ (Message::Text(_) | Message::Binary(_)))) =
                socket.recv().await
            {
                if socket.send(message).await.is_err() {
                    return;
                }
            }
        })
    };
    let cookies =
        || async { [("set-cookie", "a=1; Domain=localhost"), ("x-own", "kept")].into_response() };
    let upload = |body: Body| async { Body::from_stream(body.into_data_stream()) };
    serve(
        Router::new()
            .route("/echo", any(echo))
            .route("/cookies", get(cookies))
            .route("/upload", any(upload))
            .fallback(repeat),
    )
    .await
}

async fn repeat(request: Request) -> String {
    let mut told = format!("{} {}\n", request.method(), request.uri());
    for (name, value) in request.headers() {
        told.push_str(&format!("{name}: {}\n", value.to_str().unwrap()));
    }
    told
}
