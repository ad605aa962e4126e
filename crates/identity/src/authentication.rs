//! Authenticates requests by bearer token or session cookie.

use std::sync::Arc;

use clock::SharedClock;
use http::{HeaderMap, HeaderValue, Method, header};

use crate::{
    AuthError, Principal, Settings, SetupError,
    cookies::{EncryptedCookies, SESSION, removed},
    discovery::Discovery,
    http_client,
    keys::Keys,
    provider::OpenIdProvider,
    renewal::{Renewal, Renewals},
    same_origin::same_origin,
    session::Session,
    token_verifier::{Expectation, Verified, Verifier},
};

/// The result of authenticating one request.
#[derive(Debug, Clone, Default)]
pub struct Authenticated {
    /// The caller. `None` for a request without credentials; an error for credentials that are
    /// refused.
    pub principal: Option<Result<Arc<Principal>, AuthError>>,
    /// Whether the credentials are a cookie. Such a request must be same-origin to change
    /// something.
    pub by_cookie: bool,
    /// `Set-Cookie` headers for the response: a renewed session, or the removal of an invalid one.
    pub set_cookies: Vec<HeaderValue>,
}

/// The address of the keys of bearer tokens.
#[derive(Debug, Clone)]
enum KeysAddress {
    Configured(String),
    Discovered(Discovery),
}

/// Authenticates requests and signs browsers in. Clones share keys, tokens and renewals.
#[derive(Debug, Clone)]
pub struct Identity {
    pub(crate) settings: Arc<Settings>,
    pub(crate) provider: Option<OpenIdProvider>,
    pub(crate) cookies: EncryptedCookies,
    pub(crate) clock: SharedClock,
    bearer_tokens: Verifier,
    keys_address: KeysAddress,
    renewals: Renewals,
}

impl Identity {
    /// Whether browsers reach the site over HTTPS: the address that a sign-in returns to says so.
    #[must_use]
    pub fn is_reached_over_https(&self) -> bool {
        let oidc = self.settings.oidc.as_ref();
        oidc.is_some_and(|oidc| oidc.redirect_url.starts_with("https://"))
    }

    /// Checks the settings. The provider is contacted at first use and may be down until then.
    ///
    /// # Errors
    /// [`SetupError`]
    pub fn new(settings: Settings, clock: SharedClock) -> Result<Self, SetupError> {
        let http = http_client::new()?;
        let provider = settings
            .oidc
            .clone()
            .map(|oidc| OpenIdProvider::new(oidc, http.clone(), clock.clone()))
            .transpose()?;
        let keys_address = match (&settings.jwks_url, &provider) {
            (Some(url), _) => KeysAddress::Configured(url.clone()),
            (None, Some(provider)) => KeysAddress::Discovered(provider.discovery().clone()),
            (None, None) => {
                let (issuer, http, clock) = (&settings.issuer, http.clone(), clock.clone());
                KeysAddress::Discovered(Discovery::new("JWT_ISSUER", issuer, None, http, clock)?)
            }
        };
        Ok(Self {
            provider,
            cookies: EncryptedCookies::new(&settings.cookie_secrets),
            bearer_tokens: Verifier::new(Keys::new(http, clock.clone()), clock.clone()),
            keys_address,
            renewals: Renewals::new(clock.clone(), settings.max_session_lifetime),
            settings: Arc::new(settings),
            clock,
        })
    }

    /// The name of the username claim.
    #[must_use]
    pub fn username_claim(&self) -> &str {
        &self.settings.username_claim
    }

    /// The issuer of the principal's token; `None` when it is the configured one.
    #[must_use]
    pub fn other_issuer<'a>(&self, principal: &'a Principal) -> Option<&'a str> {
        let issuer = principal.claims.get("iss")?.as_str()?;
        (!self.settings.is_configured_issuer(issuer)).then_some(issuer)
    }

    /// Authenticates a request. A bearer token takes precedence over a cookie: a valid cookie does
    /// not rescue a bad token.
    pub async fn authenticate(&self, headers: &HeaderMap, method: &Method) -> Authenticated {
        if headers.contains_key(header::AUTHORIZATION) {
            let principal = self.bearer_principal(headers).await.map(Arc::new);
            return Authenticated { principal: Some(principal), ..Authenticated::default() };
        }
        let Some(session) = self.session(headers) else {
            return anonymous(removed(headers, SESSION));
        };
        if !method.is_safe() && !same_origin(headers) {
            let principal = Some(Err(AuthError::CrossOrigin));
            return Authenticated { principal, by_cookie: true, ..Authenticated::default() };
        }
        self.session_principal(headers, session).await
    }

    async fn bearer_principal(&self, headers: &HeaderMap) -> Result<Principal, AuthError> {
        let token = bearer_token(headers).ok_or(AuthError::Malformed)?;
        let url = self.keys_url().await?;
        let expected = Expectation {
            issuer: self.settings.issuer.clone(),
            audience: self.settings.audience.clone(),
        };
        let verified = self.bearer_tokens.verify(token, &url, &expected).await?;
        self.principal(verified).ok_or(AuthError::NotForUs)
    }

    async fn keys_url(&self) -> Result<String, AuthError> {
        match &self.keys_address {
            KeysAddress::Configured(url) => Ok(url.clone()),
            KeysAddress::Discovered(discovery) => {
                let endpoints = discovery.endpoints().await;
                endpoints
                    .map(|endpoints| endpoints.keys_url.clone())
                    .map_err(|_| AuthError::KeysUnavailable)
            }
        }
    }

    fn principal(&self, verified: Verified) -> Option<Principal> {
        let claims = Arc::unwrap_or_clone(verified.claims);
        Principal::from_claims(claims, verified.expires_at, &self.settings)
    }

    /// The request's session; `None` if it has none, or if the session is over for good.
    fn session(&self, headers: &HeaderMap) -> Option<Session> {
        let session: Session = self.cookies.read(headers, SESSION)?;
        let session = session.within(self.settings.max_session_lifetime, self.clock.now())?;
        (!self.has_signed_out(headers, &session)).then_some(session)
    }

    /// `Set-Cookie` headers that store a session. `None` when its claims are too large for cookies.
    pub(crate) fn session_cookies(
        &self,
        headers: &HeaderMap,
        session: &Session,
    ) -> Option<Vec<HeaderValue>> {
        let end = session.kept_until(self.settings.max_session_lifetime);
        self.cookies.set_session(headers, session, end.duration_since(self.clock.now()))
    }

    /// The principal of a session, which is renewed when it is due.
    async fn session_principal(&self, headers: &HeaderMap, session: Session) -> Authenticated {
        let now = self.clock.now();
        if now < session.renew_at {
            return self.signed_in(session, vec![]);
        }
        let renewal = match &self.provider {
            Some(provider) => self.renewals.renew(provider, &session).await,
            None => Renewal::Refused,
        };
        match renewal {
            Renewal::Renewed(renewed) => {
                let set_cookies = self.session_cookies(headers, &renewed).unwrap_or_default();
                self.signed_in(renewed, set_cookies)
            }
            Renewal::Refused | Renewal::Failed if now < session.expires_at => {
                self.signed_in(session, vec![])
            }
            Renewal::Refused => anonymous(removed(headers, SESSION)),
            // The cookie stays: the session can be renewed when the provider is back.
            Renewal::Failed => anonymous(vec![]),
        }
    }

    fn signed_in(&self, session: Session, set_cookies: Vec<HeaderValue>) -> Authenticated {
        let principal = Principal::from_claims(session.claims, session.expires_at, &self.settings);
        Authenticated {
            principal: principal.map(|principal| Ok(Arc::new(principal))),
            by_cookie: true,
            set_cookies,
        }
    }
}

fn anonymous(set_cookies: Vec<HeaderValue>) -> Authenticated {
    Authenticated { set_cookies, ..Authenticated::default() }
}

/// The bearer token (RFC 6750, 2.1). `None` when there is not exactly one `Authorization` header.
fn bearer_token(headers: &HeaderMap) -> Option<&str> {
    let mut given = headers.get_all(header::AUTHORIZATION).iter();
    let (Some(value), None) = (given.next(), given.next()) else { return None };
    let (scheme, token) = value.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(token.trim())
}
