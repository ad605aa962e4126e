use std::sync::Arc;

use clock::SharedClock;
use http::{HeaderMap, HeaderValue, Method, header};

use crate::{
    AuthError, Principal, Settings, SetupError,
    bearer::{Expectation, Verified, Verifier},
    discovery::Discovery,
    keys::Keys,
    origin::same_origin,
    provider::OpenIdProvider,
    renewal::{Renewal, Renewals},
    session::{Cookies, SESSION, Session, removed},
    web,
};

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

/// Where the keys of bearer tokens are.
#[derive(Debug, Clone)]
enum KeysAddress {
    Given(String),
    Discovered(Discovery),
}

/// Knows who is calling. Clones share what they have learned.
#[derive(Debug, Clone)]
pub struct Identity {
    pub(crate) settings: Arc<Settings>,
    pub(crate) provider: Option<OpenIdProvider>,
    pub(crate) cookies: Cookies,
    pub(crate) clock: SharedClock,
    bearers: Verifier,
    keys_address: KeysAddress,
    renewals: Renewals,
}

impl Identity {
    /// Prepares everything; the provider is not asked before somebody needs it, and may be down until then.
    ///
    /// # Errors
    /// [`SetupError`]
    pub fn new(settings: Settings, clock: SharedClock) -> Result<Self, SetupError> {
        let http = web::client()?;
        let provider = settings
            .oidc
            .clone()
            .map(|oidc| OpenIdProvider::new(oidc, http.clone(), clock.clone()))
            .transpose()?;
        let keys_address = match (&settings.jwks_url, &provider) {
            (Some(url), _) => KeysAddress::Given(url.clone()),
            (None, Some(provider)) => KeysAddress::Discovered(provider.discovery().clone()),
            (None, None) => {
                let (http, clock) = (http.clone(), clock.clone());
                KeysAddress::Discovered(Discovery::new(
                    "JWT_ISSUER",
                    &settings.issuer,
                    None,
                    http,
                    clock,
                )?)
            }
        };
        Ok(Self {
            provider,
            cookies: Cookies::new(&settings.session_secret.derive("dploy cookies")),
            bearers: Verifier::new(Keys::new(http, clock.clone()), clock.clone()),
            keys_address,
            renewals: Renewals::new(clock.clone()),
            settings: Arc::new(settings),
            clock,
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
            return nobody(removed(headers, SESSION));
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
        let token = bearer_token(headers).ok_or(AuthError::Malformed)?;
        let url = self.keys_url().await?;
        let expected = Expectation {
            issuer: self.settings.issuer.clone(),
            audience: self.settings.audience.clone(),
        };
        let verified = self.bearers.verify(token, &url, &expected).await?;
        self.principal(verified).ok_or(AuthError::NotForUs)
    }

    async fn keys_url(&self) -> Result<String, AuthError> {
        match &self.keys_address {
            KeysAddress::Given(url) => Ok(url.clone()),
            KeysAddress::Discovered(discovery) => {
                let endpoints = discovery.endpoints().await;
                endpoints
                    .map(|known| known.keys_url.clone())
                    .map_err(|_| AuthError::KeysUnavailable)
            }
        }
    }

    fn principal(&self, verified: Verified) -> Option<Principal> {
        let claims = Arc::unwrap_or_clone(verified.claims);
        Principal::of(claims, verified.expires_at, &self.settings)
    }

    async fn session(&self, headers: &HeaderMap, session: Session) -> Authenticated {
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
                let set = self.cookies.seal_session(headers, &renewed, now).unwrap_or_default();
                self.signed_in(renewed, set)
            }
            Renewal::Refused | Renewal::Failed if now < session.expires_at => {
                self.signed_in(session, vec![])
            }
            Renewal::Refused => nobody(removed(headers, SESSION)),
            // The cookie stays: the session may be renewed when the provider is back.
            Renewal::Failed => nobody(vec![]),
        }
    }

    fn signed_in(&self, session: Session, set_cookies: Vec<HeaderValue>) -> Authenticated {
        let principal = Principal::of(session.claims, session.expires_at, &self.settings);
        Authenticated {
            principal: principal.map(|known| Ok(Arc::new(known))),
            by_cookie: true,
            set_cookies,
        }
    }
}

fn nobody(set_cookies: Vec<HeaderValue>) -> Authenticated {
    Authenticated { set_cookies, ..Authenticated::default() }
}

/// The one token of the one `Authorization` header (RFC 6750, 2.1).
fn bearer_token(headers: &HeaderMap) -> Option<&str> {
    let mut given = headers.get_all(header::AUTHORIZATION).iter();
    let (Some(value), None) = (given.next(), given.next()) else { return None };
    let (scheme, token) = value.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(token.trim())
}
