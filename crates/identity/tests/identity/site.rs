//! A site for tests, whose routes call the crate as the server does.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use axum::{
    Router,
    extract::{RawQuery, Request, State},
    middleware::{Next, from_fn_with_state},
    response::{AppendHeaders, IntoResponse, Response},
    routing::{any, get},
};
use clock::ManualClock;
use dev::provider::Provider;
use http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use identity::{AuthError, FailedSignIn, Identity, Redirect, Settings, SignOut};
use jiff::Timestamp;
use tempfile::TempDir;
use tokio::{net::TcpListener, task::JoinHandle};

use crate::browser::{Answer, Browser};

/// A site on loopback: `/auth/…`, `/whoami`, and optionally the development provider at `/dev`.
pub(crate) struct Site {
    pub(crate) origin: String,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) identity: Identity,
    /// Dploy's secret at its provider.
    pub(crate) client_secret: String,
    /// How many tokens the development provider has revoked.
    pub(crate) revocations: Arc<AtomicUsize>,
    server: JoinHandle<()>,
    _keys: Option<TempDir>,
}

impl Drop for Site {
    fn drop(&mut self) {
        self.server.abort();
    }
}

impl Site {
    /// A site with the development provider.
    pub(crate) async fn with_development_provider() -> Self {
        let (listener, origin) = bind().await;
        let (clock, keys) = (noon(), tempfile::tempdir().expect("a directory"));
        let provider =
            Provider::open(keys.path(), &format!("{origin}/dev"), &origin, clock.clone())
                .expect("keys");
        let revocations = Arc::new(AtomicUsize::new(0));
        let counted = from_fn_with_state(revocations.clone(), count_revocations);
        let extra = Router::new().nest("/dev", provider.router().layer(counted));
        let mut site = Self::serve(listener, origin, provider.settings(), clock, extra);
        site._keys = Some(keys);
        site.revocations = revocations;
        site
    }

    /// A site with settings that depend on its origin.
    pub(crate) async fn with(
        clock: Arc<ManualClock>,
        settings: impl FnOnce(&str) -> Settings,
    ) -> Self {
        let (listener, origin) = bind().await;
        let settings = settings(&origin);
        Self::serve(listener, origin, settings, clock, Router::new())
    }

    fn serve(
        listener: TcpListener,
        origin: String,
        settings: Settings,
        clock: Arc<ManualClock>,
        extra: Router,
    ) -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let secret = settings.oidc.as_ref().and_then(|oidc| oidc.client_secret.clone());
        let client_secret = secret.map(|secret| secret.expose().to_owned()).unwrap_or_default();
        let identity = Identity::new(settings, clock.clone()).expect("settings");
        let router = Router::new()
            .route("/whoami", any(whoami))
            .route("/auth/login", get(begin_sign_in))
            .route("/auth/callback", get(finish_sign_in))
            .route("/auth/logout", get(sign_out))
            .with_state(identity.clone())
            .merge(extra);
        let server = tokio::spawn(async move {
            axum::serve(listener, router).await.expect("a server");
        });
        let revocations = Arc::default();
        Self { origin, clock, identity, client_secret, revocations, server, _keys: None }
    }

    pub(crate) fn browser(&self) -> Browser {
        Browser::new(&self.origin)
    }

    /// Signs a person in at the development provider, and returns the last redirect.
    pub(crate) async fn sign_in(&self, browser: &mut Browser, person: &str) -> Answer {
        let back = self.choose(browser, person, "/auth/login?return_url=/environments").await;
        browser.get(back.location()).await
    }

    /// The provider's redirect to the callback.
    pub(crate) async fn choose(&self, browser: &mut Browser, person: &str, login: &str) -> Answer {
        let page = browser.get(login).await.location().to_owned();
        let shown = browser.get(&page).await;
        assert_eq!(shown.status, StatusCode::OK, "{}", shown.body);
        let inputs = inputs(&shown.body);
        let mut form: Vec<(&str, &str)> =
            inputs.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        form.push(("person", person));
        browser.post(&page, Some(&self.origin), &form).await
    }
}

async fn count_revocations(
    State(revocations): State<Arc<AtomicUsize>>,
    request: Request,
    next: Next,
) -> Response {
    let is_revocation = request.uri().path() == "/revoke";
    let response = next.run(request).await;
    if is_revocation && response.status() == StatusCode::OK {
        revocations.fetch_add(1, Ordering::SeqCst);
    }
    response
}

/// The hidden inputs of the provider's page.
fn inputs(page: &str) -> Vec<(String, String)> {
    page.split("<input type=\"hidden\" name=\"")
        .skip(1)
        .map(|rest| {
            let (name, rest) = rest.split_once("\" value=\"").expect("a value");
            let (value, _) = rest.split_once('"').expect("an end");
            (name.to_owned(), value.replace("&amp;", "&"))
        })
        .collect()
}

pub(crate) fn noon() -> Arc<ManualClock> {
    ManualClock::at("2026-03-01T12:00:00Z".parse::<Timestamp>().expect("a time"))
}

async fn bind() -> (TcpListener, String) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let origin = format!("http://{}", listener.local_addr().expect("an address"));
    (listener, origin)
}

/// The caller's subject, or the reason of the refusal.
async fn whoami(State(identity): State<Identity>, method: Method, headers: HeaderMap) -> Response {
    let known = identity.authenticate(&headers, &method).await;
    let cookies = set_cookies(known.set_cookies);
    let (status, text) = match known.principal {
        None => (StatusCode::UNAUTHORIZED, "nobody".to_owned()),
        Some(Ok(principal)) => (StatusCode::OK, principal.subject.clone()),
        Some(Err(AuthError::CrossOrigin)) => (StatusCode::FORBIDDEN, "cross origin".to_owned()),
        Some(Err(error)) => (StatusCode::UNAUTHORIZED, error.to_string()),
    };
    (status, cookies, text).into_response()
}

async fn begin_sign_in(
    State(identity): State<Identity>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Response {
    redirected(identity.begin_sign_in(&headers, query.as_deref()).await)
}

async fn finish_sign_in(
    State(identity): State<Identity>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Response {
    redirected(identity.finish_sign_in(&headers, query.as_deref()).await)
}

async fn sign_out(State(identity): State<Identity>, headers: HeaderMap) -> Response {
    let SignOut { set_cookies: values, provider_page } = identity.sign_out(&headers).await;
    let location = provider_page.unwrap_or(HeaderValue::from_static("/"));
    (StatusCode::FOUND, [(header::LOCATION, location)], set_cookies(values)).into_response()
}

/// The redirect, or the status and the sentence of the error.
fn redirected(result: Result<Redirect, FailedSignIn>) -> Response {
    match result {
        Ok(redirect) => {
            let location = [(header::LOCATION, redirect.location)];
            (StatusCode::FOUND, location, set_cookies(redirect.set_cookies)).into_response()
        }
        Err(FailedSignIn { error, set_cookies: values }) => {
            (error.status(), set_cookies(values), error.to_string()).into_response()
        }
    }
}

fn set_cookies(values: Vec<HeaderValue>) -> AppendHeaders<Vec<(header::HeaderName, HeaderValue)>> {
    AppendHeaders(values.into_iter().map(|value| (header::SET_COOKIE, value)).collect())
}
