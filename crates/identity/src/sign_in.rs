//! Signing in and out: `/auth/login`, `/auth/callback`, `/auth/logout`.
//!
//! What a sign-in has to remember (state, nonce, PKCE, where to go) is in an encrypted cookie of its own, so several tabs may sign in at
//! once and any replica can finish what another began. It is removed when it is used.

use axum::{
    Json, Router,
    extract::{RawQuery, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse as _, Response},
    routing::get,
};
use cookie::time::Duration;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use std::sync::Arc;

use crate::{
    Identity, LoginError, ReturnUrl,
    session::{PENDING, SESSION, Session, count, removed},
};

/// How long somebody may take at the provider.
const PATIENCE: SignedDuration = SignedDuration::from_mins(10);
/// So many sign-ins may be under way in one browser; the next one forgets the others.
const MOST_PENDING: usize = 8;

#[derive(Serialize, Deserialize)]
struct Pending {
    state: String,
    nonce: String,
    verifier: String,
    return_url: ReturnUrl,
    until: Timestamp,
}

/// What the provider sends back with the browser.
#[derive(Debug)]
struct Answer {
    code: Option<String>,
    state: Option<String>,
}

impl Identity {
    /// The routes `/auth/login`, `/auth/callback` and `/auth/logout`. A failed sign-in is answered with the JSON envelope and carries its
    /// [`LoginError`] in an `Arc` among the response's extensions, for those who would rather show a page.
    pub fn router(&self) -> Router {
        Router::new()
            .route("/auth/login", get(login))
            .route("/auth/callback", get(callback))
            .route("/auth/logout", get(logout))
            .with_state(self.clone())
    }
}

async fn login(
    State(identity): State<Identity>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Response {
    let wanted = given_once(query.as_deref(), "return_url")
        .or_else(|| given_once(query.as_deref(), "returnUrl"));
    match identity.begin(&headers, ReturnUrl::new(wanted.as_deref())).await {
        Ok(answer) => answer,
        Err(error) => refused(error, vec![]),
    }
}

async fn callback(
    State(identity): State<Identity>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Response {
    let query = Answer {
        code: given_once(query.as_deref(), "code"),
        state: given_once(query.as_deref(), "state"),
    };
    let used = query
        .state
        .as_deref()
        .map(|state| removed(&headers, &pending_name(state)))
        .unwrap_or_default();
    match identity.finish(&headers, query).await {
        Ok((address, set)) => redirect(&address, set.into_iter().chain(used).collect()),
        Err(error) => refused(error, used),
    }
}

/// Clears what the browser holds. The provider's own session stays: other sites may be using it.
async fn logout(headers: HeaderMap) -> Response {
    let mut gone = removed(&headers, SESSION);
    gone.extend(removed(&headers, PENDING));
    redirect("/", gone)
}

impl Identity {
    async fn begin(
        &self,
        headers: &HeaderMap,
        return_url: ReturnUrl,
    ) -> Result<Response, LoginError> {
        let provider = self.provider.as_ref().ok_or(LoginError::NotSetUp)?;
        let beginning = provider.begin().await.map_err(LoginError::Provider)?;
        let name = pending_name(&beginning.state);
        let pending = Pending {
            state: beginning.state,
            nonce: beginning.nonce,
            verifier: beginning.verifier,
            return_url,
            until: self.clock.now() + PATIENCE,
        };
        let crowded = count(headers, PENDING) >= MOST_PENDING;
        let mut set = if crowded { removed(headers, PENDING) } else { vec![] };
        let lifetime = Duration::seconds(PATIENCE.as_secs());
        set.extend(self.cookies.seal(headers, &name, &pending, lifetime).unwrap_or_default());
        Ok(redirect(&beginning.address, set))
    }

    async fn finish(
        &self,
        headers: &HeaderMap,
        query: Answer,
    ) -> Result<(String, Vec<HeaderValue>), LoginError> {
        let provider = self.provider.as_ref().ok_or(LoginError::NotSetUp)?;
        let state = query.state.ok_or(LoginError::Refused)?;
        let pending: Pending =
            self.cookies.open(headers, &pending_name(&state)).ok_or(LoginError::NoSession)?;
        if pending.state != state {
            return Err(LoginError::Mismatch);
        }
        if self.clock.now() > pending.until {
            return Err(LoginError::NoSession);
        }
        let code = query.code.ok_or(LoginError::Refused)?;
        let tokens =
            provider.exchange(code, pending.verifier).await.map_err(LoginError::Provider)?;
        let id_token = tokens
            .id_token
            .clone()
            .ok_or_else(|| LoginError::Verification("there is no ID token".into()))?;
        let verified = provider.verified(&id_token).await.map_err(LoginError::Verification)?;
        if verified.claims.get("nonce").and_then(|nonce| nonce.as_str()) != Some(&pending.nonce) {
            return Err(LoginError::Mismatch);
        }
        let now = self.clock.now();
        let session = Session::new(verified, tokens.refresh_token, now);
        let too_large = || LoginError::Verification("the claims are too large for cookies".into());
        let set = self.cookies.seal_session(headers, &session, now).ok_or_else(too_large)?;
        Ok((format!("{}#token={id_token}", pending.return_url), set))
    }
}

/// A parameter of a query string; of one that is given twice nobody can say which was meant.
fn given_once(query: Option<&str>, name: &str) -> Option<String> {
    let mut values =
        url::form_urlencoded::parse(query?.as_bytes()).filter(|(given, _)| given == name);
    match (values.next(), values.next()) {
        (Some((_, value)), None) => Some(value.into_owned()),
        _ => None,
    }
}

/// The cookie of one sign-in, found by its state without telling it.
fn pending_name(state: &str) -> String {
    let mark: String =
        Sha256::digest(state).iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    format!("{PENDING}{mark}")
}

fn redirect(address: &str, set: Vec<HeaderValue>) -> Response {
    let Ok(location) = HeaderValue::from_str(address) else {
        return refused(
            LoginError::Provider("the provider's address cannot be redirected to".into()),
            set,
        );
    };
    let mut response = (StatusCode::FOUND, [(header::LOCATION, location)]).into_response();
    with_cookies(&mut response, set);
    response
}

fn refused(error: LoginError, set: Vec<HeaderValue>) -> Response {
    if let LoginError::Provider(cause) | LoginError::Verification(cause) = &error {
        tracing::error!(error = %error, cause = %cause, "a sign-in failed");
    }
    let body = Json(wire::ErrorBody { error: error.to_string() });
    let mut response = (error.status(), body).into_response();
    response.extensions_mut().insert(Arc::new(error));
    with_cookies(&mut response, set);
    response
}

fn with_cookies(response: &mut Response, set: Vec<HeaderValue>) {
    for value in set {
        response.headers_mut().append(header::SET_COOKIE, value);
    }
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
}
