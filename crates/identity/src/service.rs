use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use clock::SharedClock;
use cookie::time::Duration;
use http::{HeaderMap, HeaderValue, Method, header};
use jiff::{SignedDuration, Timestamp};
use sha2::{Digest as _, Sha256};
use tokio::sync::OnceCell;

use crate::{
    AuthError, Principal, Settings, SetupError,
    bearer::{Expectation, Verified, Verifier},
    error::Cause,
    keys::Keys,
    origin::same_origin,
    provider::{OpenIdProvider, Tokens},
    session::{Cookies, SESSION, Session, removed},
    web,
};

/// A session is renewed when this little is left of it.
const RENEW_BEFORE: SignedDuration = SignedDuration::from_mins(2);
/// How long the outcome of a renewal serves other requests that still bear the old cookie.
const RENEWAL_SERVES: SignedDuration = SignedDuration::from_secs(60);

/// What a request's credentials say.
#[derive(Debug, Clone, Default)]
pub struct Authenticated {
    /// Who it is from; `None` for nobody. An error when it bears credentials that are refused.
    pub principal: Option<Result<Arc<Principal>, AuthError>>,
    /// Whether a cookie rather than a token said so: then a request that changes something must be of this origin.
    pub by_cookie: bool,
    /// `Set-Cookie` headers for the answer: a renewed session, or the removal of a dead one.
    pub set_cookies: Vec<HeaderValue>,
}

type Renewals = Arc<Mutex<HashMap<[u8; 32], (Timestamp, Arc<OnceCell<Option<Session>>>)>>>;

/// Knows who is calling. Clones share what they have learned.
#[derive(Debug, Clone)]
pub struct Identity {
    pub(crate) settings: Arc<Settings>,
    pub(crate) provider: Option<OpenIdProvider>,
    pub(crate) cookies: Cookies,
    pub(crate) clock: SharedClock,
    bearers: Verifier,
    id_tokens: Verifier,
    renewals: Renewals,
}

impl Identity {
    /// Prepares everything; the provider is not asked before somebody needs it, and may be down until then.
    ///
    /// # Errors
    /// [`SetupError`]
    pub fn new(settings: Settings, clock: SharedClock) -> Result<Self, SetupError> {
        if settings.jwks_url.is_none() && settings.oidc.is_none() {
            return Err(SetupError::NoKeys);
        }
        let http = web::client()?;
        let verifier = || Verifier::new(Keys::new(http.clone(), clock.clone()), clock.clone());
        let (bearers, id_tokens) = (verifier(), verifier());
        let provider = settings
            .oidc
            .clone()
            .map(|oidc| OpenIdProvider::new(oidc, http.clone(), clock.clone()))
            .transpose()?;
        let cookies = Cookies::new(&settings.session_secret.derive("dploy cookies"));
        let settings = Arc::new(settings);
        Ok(Self {
            settings,
            provider,
            cookies,
            clock,
            bearers,
            id_tokens,
            renewals: Renewals::default(),
        })
    }

    /// Which claim names people.
    #[must_use]
    pub fn username_claim(&self) -> &str {
        &self.settings.username_claim
    }

    /// Who a request is from. A bearer token counts before a cookie, and a bad one is never made up for by a good cookie.
    pub async fn authenticate(&self, headers: &HeaderMap, method: &Method) -> Authenticated {
        if headers.contains_key(header::AUTHORIZATION) {
            let principal = self.bearer(headers).await.map(Arc::new);
            return Authenticated { principal: Some(principal), ..Authenticated::default() };
        }
        let Some(session) = self.cookies.open::<Session>(headers, SESSION) else {
            return Authenticated {
                set_cookies: removed(headers, SESSION),
                ..Authenticated::default()
            };
        };
        if !method.is_safe() && !same_origin(headers) {
            let refused = Some(Err(AuthError::CrossOrigin));
            return Authenticated {
                principal: refused,
                by_cookie: true,
                ..Authenticated::default()
            };
        }
        self.session(headers, session).await
    }

    async fn bearer(&self, headers: &HeaderMap) -> Result<Principal, AuthError> {
        let value = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
        let (scheme, token) =
            value.and_then(|value| value.split_once(' ')).ok_or(AuthError::Malformed)?;
        if !scheme.eq_ignore_ascii_case("bearer") {
            return Err(AuthError::Malformed);
        }
        let url = self.keys_url().await?;
        let expected = Expectation {
            issuer: self.settings.issuer.clone(),
            audience: self.settings.audience.clone(),
        };
        let verified = self.bearers.verify(token.trim(), &url, &expected).await?;
        self.principal(verified).ok_or(AuthError::NotForUs)
    }

    async fn keys_url(&self) -> Result<String, AuthError> {
        if let Some(url) = &self.settings.jwks_url {
            return Ok(url.clone());
        }
        let provider = self.provider.as_ref().ok_or(AuthError::KeysUnavailable)?;
        let endpoints = provider.endpoints().await.map_err(|error| {
            tracing::warn!(error = %error, "the identity provider's discovery document could not be fetched");
            AuthError::KeysUnavailable
        })?;
        Ok(endpoints.keys_url)
    }

    fn principal(&self, verified: Verified) -> Option<Principal> {
        let claims = Arc::unwrap_or_clone(verified.claims);
        Principal::of(claims, verified.expires_at, &self.settings)
    }

    /// Verifies an ID token of the provider.
    pub(crate) async fn id_token(&self, token: &str) -> Result<Verified, Cause> {
        let provider = self.provider.as_ref().ok_or("there is no provider")?;
        let endpoints = provider.endpoints().await?;
        let expected =
            Expectation { issuer: endpoints.issuer, audience: provider.client_id().to_owned() };
        Ok(self.id_tokens.verify(token, &endpoints.keys_url, &expected).await?)
    }

    async fn session(&self, headers: &HeaderMap, session: Session) -> Authenticated {
        let now = self.clock.now();
        let left = session.expires_at.duration_since(now);
        if left > RENEW_BEFORE {
            return self.signed_in(session, vec![]);
        }
        if let Some(renewed) = self.renewed(&session).await {
            let lifetime = Duration::days(30);
            let set = self.cookies.seal(headers, SESSION, &renewed, lifetime).unwrap_or_default();
            return self.signed_in(renewed, set);
        }
        if left.is_positive() {
            return self.signed_in(session, vec![]);
        }
        Authenticated { set_cookies: removed(headers, SESSION), ..Authenticated::default() }
    }

    fn signed_in(&self, session: Session, set_cookies: Vec<HeaderValue>) -> Authenticated {
        let principal = Principal::of(session.claims, session.expires_at, &self.settings);
        Authenticated {
            principal: principal.map(|known| Ok(Arc::new(known))),
            by_cookie: true,
            set_cookies,
        }
    }

    /// The session with new claims and a new end. Requests that arrive together share one exchange, since a provider may take each
    /// refresh token only once.
    async fn renewed(&self, session: &Session) -> Option<Session> {
        let token = session.refresh_token.clone()?;
        let outcome = self.renewal(Sha256::digest(&token).into());
        let (identity, session) = (self.clone(), session.clone());
        // In a task of its own: a client that hangs up must not take the provider's only answer along.
        let renewal = tokio::spawn(async move {
            outcome.get_or_init(|| identity.renew(&session, token)).await.clone()
        });
        renewal.await.ok().flatten()
    }

    fn renewal(&self, mark: [u8; 32]) -> Arc<OnceCell<Option<Session>>> {
        let now = self.clock.now();
        let mut renewals = self.renewals.lock().unwrap_or_else(PoisonError::into_inner);
        renewals.retain(|_, (since, _)| now.duration_since(*since) < RENEWAL_SERVES);
        let (_, outcome) = renewals.entry(mark).or_insert_with(|| (now, Arc::default()));
        outcome.clone()
    }

    async fn renew(&self, session: &Session, token: String) -> Option<Session> {
        match self.exchange(session, token).await {
            Ok(renewed) => Some(renewed),
            Err(error) => {
                tracing::info!(error = %error, "a session could not be renewed");
                None
            }
        }
    }

    async fn exchange(&self, session: &Session, token: String) -> Result<Session, Cause> {
        let provider = self.provider.as_ref().ok_or("there is no provider")?;
        let Tokens { id_token, refresh_token } = provider.refresh(token.clone()).await?;
        let verified = self.id_token(&id_token.ok_or("the provider sent no ID token")?).await?;
        // OpenID Connect Core, 12.2: it must be the same person's.
        if verified.claims.get("sub") != session.claims.get("sub") {
            return Err("the provider renewed somebody else's session".into());
        }
        let claims = Arc::unwrap_or_clone(verified.claims);
        Ok(Session {
            claims,
            expires_at: verified.expires_at,
            refresh_token: refresh_token.or(Some(token)),
        })
    }
}
