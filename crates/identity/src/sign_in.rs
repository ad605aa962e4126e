//! Sign-in of a browser: the authorization code flow with PKCE, state and nonce.
//!
//! The state of a pending sign-in (state, nonce, PKCE verifier, return URL) is in an encrypted
//! cookie of its own. Several tabs may therefore sign in at once, and any replica can finish a
//! sign-in that another one began. The callback removes the cookie.

use cookie::time::Duration;
use http::{HeaderMap, HeaderValue};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::{
    Identity, ReturnUrl, SignInError,
    cookies::{ARRIVAL, PENDING_SIGN_IN, SIGNED_OUT, count, removed},
    is_from_elsewhere,
    session::Session,
};

/// How long a sign-in may stay pending.
const SIGN_IN_TIMEOUT: SignedDuration = SignedDuration::from_mins(10);
/// The most pending sign-ins of one browser. The next one removes the others.
const MAX_PENDING_SIGN_INS: usize = 8;
/// How long a browser may take from the callback to the page that it returns to.
const ARRIVAL_TIMEOUT: SignedDuration = SignedDuration::from_mins(1);

/// Where the browser goes next, and the cookies it gets.
#[derive(Debug)]
pub struct Redirect {
    /// The value of `Location`.
    pub location: HeaderValue,
    /// `Set-Cookie` headers.
    pub set_cookies: Vec<HeaderValue>,
    /// More of them, after a sign-in that the person began: they tell the page at `location` so
    /// ([`Identity::arrived`]).
    pub arrival: Vec<HeaderValue>,
}

/// A sign-in that failed. Its cookies are set all the same.
#[derive(Debug)]
pub struct FailedSignIn {
    /// The reason.
    pub error: SignInError,
    /// `Set-Cookie` headers: the removal of the pending sign-in.
    pub set_cookies: Vec<HeaderValue>,
}

impl From<SignInError> for FailedSignIn {
    fn from(error: SignInError) -> Self {
        Self { error, set_cookies: Vec::new() }
    }
}

/// A sign-in between its start and its callback.
#[derive(Serialize, Deserialize)]
struct PendingSignIn {
    state: String,
    nonce: String,
    verifier: String,
    return_url: ReturnUrl,
    /// Whether the person began it, and not a page of another origin.
    is_own: bool,
    until: Timestamp,
}

/// What a sign-in leaves for the page that it returns to. The browser arrives there from the
/// provider, like from any other site.
#[derive(Serialize, Deserialize)]
struct Arrival {
    return_url: ReturnUrl,
    until: Timestamp,
}

/// A sign-in that succeeded.
struct SignedIn {
    /// The address to return to.
    address: String,
    /// The `Set-Cookie` headers of the session.
    session: Vec<HeaderValue>,
    /// Those of an [`Arrival`].
    arrival: Vec<HeaderValue>,
}

/// The parameters that the provider adds to the callback's address.
struct CallbackQuery {
    code: Option<String>,
    state: Option<String>,
}

impl Identity {
    /// Begins a sign-in: `GET /auth/login`. The query may have a `return_url`, also spelled
    /// `returnUrl`.
    ///
    /// # Errors
    /// [`SignInError::NotSetUp`] and [`SignInError::Provider`].
    pub async fn begin_sign_in(
        &self,
        headers: &HeaderMap,
        query: Option<&str>,
    ) -> Result<Redirect, FailedSignIn> {
        let return_url = single(query, "return_url").or_else(|| single(query, "returnUrl"));
        let return_url = ReturnUrl::new(return_url.as_deref());
        let provider = self.provider.as_ref().ok_or(SignInError::NotSetUp)?;
        let request = provider.authorization_request().await.map_err(SignInError::Provider)?;
        let name = cookie_name(&request.state);
        let pending = PendingSignIn {
            state: request.state,
            nonce: request.nonce,
            verifier: request.verifier,
            return_url,
            is_own: !is_from_elsewhere(headers),
            until: self.clock.now() + SIGN_IN_TIMEOUT,
        };
        let too_many = count(headers, PENDING_SIGN_IN) >= MAX_PENDING_SIGN_INS;
        let mut set_cookies = if too_many { removed(headers, PENDING_SIGN_IN) } else { Vec::new() };
        let lifetime = Duration::seconds(SIGN_IN_TIMEOUT.as_secs());
        set_cookies
            .extend(self.cookies.set(headers, &name, &pending, lifetime).unwrap_or_default());
        redirect(&request.address, set_cookies)
    }

    /// Finishes a sign-in: `GET /auth/callback`. The redirect stores the session and has the ID
    /// token in the fragment of its location.
    ///
    /// # Errors
    /// Any [`SignInError`].
    pub async fn finish_sign_in(
        &self,
        headers: &HeaderMap,
        query: Option<&str>,
    ) -> Result<Redirect, FailedSignIn> {
        let query = CallbackQuery { code: single(query, "code"), state: single(query, "state") };
        let used = query
            .state
            .as_deref()
            .map(|state| removed(headers, &cookie_name(state)))
            .unwrap_or_default();
        match self.exchange_code(headers, query).await {
            Ok(SignedIn { address, session, arrival }) => {
                let set_cookies = session.into_iter().chain(used).collect();
                Ok(Redirect { arrival, ..redirect(&address, set_cookies)? })
            }
            Err(error) => Err(FailedSignIn { error, set_cookies: used }),
        }
    }

    /// Whether the request arrives at this path from a sign-in that the person began there. Counts
    /// once: returns the `Set-Cookie` headers that remove the cookie.
    #[must_use]
    pub fn arrived(&self, headers: &HeaderMap, path_and_query: &str) -> Option<Vec<HeaderValue>> {
        let arrival: Arrival = self.cookies.read(headers, ARRIVAL)?;
        let is_it = arrival.return_url.as_str() == path_and_query;
        (is_it && self.clock.now() <= arrival.until).then(|| removed(headers, ARRIVAL))
    }

    async fn exchange_code(
        &self,
        headers: &HeaderMap,
        query: CallbackQuery,
    ) -> Result<SignedIn, SignInError> {
        let provider = self.provider.as_ref().ok_or(SignInError::NotSetUp)?;
        let state = query.state.ok_or(SignInError::Refused)?;
        let pending = self.pending_sign_in(headers, &state)?;
        let code = query.code.ok_or(SignInError::Refused)?;
        let tokens =
            provider.exchange(code, pending.verifier).await.map_err(SignInError::Provider)?;
        let id_token = tokens
            .id_token
            .ok_or_else(|| SignInError::Verification("there is no ID token".into()))?;
        let verified = provider.verified(&id_token).await.map_err(SignInError::Verification)?;
        if verified.claims.get("nonce").and_then(|nonce| nonce.as_str()) != Some(&pending.nonce) {
            return Err(SignInError::Mismatch);
        }
        let now = self.clock.now();
        let max_lifetime = self.settings.max_session_lifetime;
        let session = Session::new(verified, tokens.refresh_token, now, now, max_lifetime);
        let too_large = || SignInError::Verification("the claims are too large for cookies".into());
        let session = self.session_cookies(headers, &session).ok_or_else(too_large)?;
        let session = session.into_iter().chain(removed(headers, SIGNED_OUT)).collect();
        let arrival = pending.is_own.then(|| self.arrival(headers, &pending.return_url, now));
        let address = format!("{}#token={id_token}", pending.return_url);
        Ok(SignedIn { address, session, arrival: arrival.unwrap_or_default() })
    }

    /// The `Set-Cookie` headers of an [`Arrival`].
    fn arrival(
        &self,
        headers: &HeaderMap,
        return_url: &ReturnUrl,
        now: Timestamp,
    ) -> Vec<HeaderValue> {
        let arrival = Arrival { return_url: return_url.clone(), until: now + ARRIVAL_TIMEOUT };
        let lifetime = Duration::seconds(ARRIVAL_TIMEOUT.as_secs());
        self.cookies.set(headers, ARRIVAL, &arrival, lifetime).unwrap_or_default()
    }

    fn pending_sign_in(
        &self,
        headers: &HeaderMap,
        state: &str,
    ) -> Result<PendingSignIn, SignInError> {
        let pending: PendingSignIn =
            self.cookies.read(headers, &cookie_name(state)).ok_or(SignInError::NoSession)?;
        if pending.state != state {
            return Err(SignInError::Mismatch);
        }
        if self.clock.now() > pending.until {
            return Err(SignInError::NoSession);
        }
        Ok(pending)
    }
}

/// The value of a query parameter. `None` when the parameter is missing or repeated.
fn single(query: Option<&str>, name: &str) -> Option<String> {
    let mut values =
        url::form_urlencoded::parse(query?.as_bytes()).filter(|(given, _)| given == name);
    match (values.next(), values.next()) {
        (Some((_, value)), None) => Some(value.into_owned()),
        _ => None,
    }
}

/// The name of the cookie of one pending sign-in. The digest keeps the state itself out of it.
fn cookie_name(state: &str) -> String {
    let digest: String =
        Sha256::digest(state).iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    format!("{PENDING_SIGN_IN}{digest}")
}

fn redirect(address: &str, set_cookies: Vec<HeaderValue>) -> Result<Redirect, FailedSignIn> {
    match HeaderValue::from_str(address) {
        Ok(location) => Ok(Redirect { location, set_cookies, arrival: Vec::new() }),
        Err(_) => {
            let cause = "the provider's address is not a valid `Location`";
            Err(FailedSignIn { error: SignInError::Provider(cause.into()), set_cookies })
        }
    }
}
