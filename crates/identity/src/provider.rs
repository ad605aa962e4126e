//! The OpenID provider: discovery, the address of its sign-in page, and its token endpoint.
//!
//! Two addresses may lead to it (a split horizon): browsers use the public one, this server its own. Whichever of the two the discovery
//! document names as issuer is the `iss` of its tokens; endpoints below the other address are moved to the one that can be reached.

use std::sync::Arc;

use clock::SharedClock;
use jiff::{SignedDuration, Timestamp};
use openidconnect::{
    AuthUrl, AuthenticationFlow, AuthorizationCode, ClientId, ClientSecret, CsrfToken,
    EndpointNotSet, EndpointSet, IssuerUrl, JsonWebKeySet, Nonce, OAuth2TokenResponse as _,
    PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, RefreshToken, Scope, TokenUrl,
    core::{CoreClient, CoreProviderMetadata, CoreResponseType, CoreTokenResponse},
};
use tokio::sync::Mutex;

use crate::{OidcSettings, SetupError, error::Cause, web};

/// Endpoints hardly ever move.
const LIFETIME: SignedDuration = SignedDuration::from_hours(1);

type Client = CoreClient<
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointSet,
    EndpointNotSet,
>;

/// What the discovery document says, as we use it.
#[derive(Debug, Clone)]
pub(crate) struct Endpoints {
    /// The `iss` of its tokens.
    pub(crate) issuer: String,
    /// Where its keys are, for this server.
    pub(crate) keys_url: String,
    sign_in: AuthUrl,
    token: TokenUrl,
}

/// What a sign-in or a refresh brought.
pub(crate) struct Tokens {
    /// The ID token; a refresh may bring none.
    pub(crate) id_token: Option<String>,
    pub(crate) refresh_token: Option<String>,
}

/// A sign-in that begins: where the browser goes, and what we have to remember.
pub(crate) struct Beginning {
    pub(crate) address: String,
    pub(crate) state: String,
    pub(crate) nonce: String,
    pub(crate) verifier: String,
}

/// The provider that people sign in with.
#[derive(Debug, Clone)]
pub(crate) struct OpenIdProvider {
    settings: Arc<OidcSettings>,
    redirect: RedirectUrl,
    http: reqwest::Client,
    clock: SharedClock,
    known: Arc<Mutex<Option<(Timestamp, Endpoints)>>>,
}

impl OpenIdProvider {
    pub(crate) fn new(
        settings: OidcSettings,
        http: reqwest::Client,
        clock: SharedClock,
    ) -> Result<Self, SetupError> {
        let unusable = |what, value: &str| SetupError::Address { what, value: value.to_owned() };
        IssuerUrl::new(settings.issuer.clone())
            .map_err(|_| unusable("OIDC_ISSUER", &settings.issuer))?;
        let redirect = RedirectUrl::new(settings.redirect_url.clone())
            .map_err(|_| unusable("OIDC_REDIRECT_URL", &settings.redirect_url))?;
        Ok(Self { settings: Arc::new(settings), redirect, http, clock, known: Arc::default() })
    }

    pub(crate) fn client_id(&self) -> &str {
        &self.settings.client_id
    }

    /// What the provider says of itself; asked for at first use and once an hour.
    pub(crate) async fn endpoints(&self) -> Result<Endpoints, Cause> {
        let mut known = self.known.lock().await;
        let now = self.clock.now();
        if let Some((at, endpoints)) = &*known
            && now.duration_since(*at) < LIFETIME
        {
            return Ok(endpoints.clone());
        }
        match self.discover().await {
            Ok(endpoints) => {
                *known = Some((now, endpoints.clone()));
                Ok(endpoints)
            }
            Err(error) => known.as_ref().map(|(_, endpoints)| endpoints.clone()).ok_or(error),
        }
    }

    async fn discover(&self) -> Result<Endpoints, Cause> {
        let ours = self.settings.issuer.trim_end_matches('/');
        let public = self.settings.public_issuer.as_deref().unwrap_or(ours).trim_end_matches('/');
        let metadata: CoreProviderMetadata =
            web::document(&self.http, &format!("{ours}/.well-known/openid-configuration")).await?;
        let issuer = metadata.issuer().as_str();
        if ![ours, public].contains(&issuer.trim_end_matches('/')) {
            return Err(format!("the provider calls itself {issuer}").into());
        }
        let token = metadata.token_endpoint().ok_or("the provider has no token endpoint")?;
        Ok(Endpoints {
            issuer: issuer.to_owned(),
            keys_url: moved(metadata.jwks_uri().as_str(), public, ours),
            sign_in: AuthUrl::new(moved(metadata.authorization_endpoint().as_str(), ours, public))?,
            token: TokenUrl::new(moved(token.as_str(), public, ours))?,
        })
    }

    /// Where the browser has to go to sign in, with fresh PKCE, state and nonce.
    pub(crate) async fn begin(&self) -> Result<Beginning, Cause> {
        let client = self.client(&self.endpoints().await?)?;
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let mut request = client.authorize_url(
            AuthenticationFlow::<CoreResponseType>::AuthorizationCode,
            CsrfToken::new_random,
            Nonce::new_random,
        );
        // openidconnect asks for `openid` by itself.
        for scope in self.settings.scopes.iter().filter(|scope| *scope != "openid") {
            request = request.add_scope(Scope::new(scope.clone()));
        }
        let (address, state, nonce) = request.set_pkce_challenge(challenge).url();
        Ok(Beginning {
            address: address.to_string(),
            state: state.into_secret(),
            nonce: nonce.secret().clone(),
            verifier: verifier.into_secret(),
        })
    }

    /// Exchanges the code of a callback.
    pub(crate) async fn exchange(&self, code: String, verifier: String) -> Result<Tokens, Cause> {
        let client = self.client(&self.endpoints().await?)?;
        let http = self.http.clone();
        let answer = client
            .exchange_code(AuthorizationCode::new(code))
            .set_pkce_verifier(PkceCodeVerifier::new(verifier))
            .request_async(&move |request| web::send(http.clone(), request))
            .await?;
        Ok(Tokens::of(&answer))
    }

    /// Asks for new tokens without the person.
    pub(crate) async fn refresh(&self, refresh_token: String) -> Result<Tokens, Cause> {
        let client = self.client(&self.endpoints().await?)?;
        let http = self.http.clone();
        let answer = client
            .exchange_refresh_token(&RefreshToken::new(refresh_token))
            .request_async(&move |request| web::send(http.clone(), request))
            .await?;
        Ok(Tokens::of(&answer))
    }

    fn client(&self, endpoints: &Endpoints) -> Result<Client, Cause> {
        let settings = &self.settings;
        let issuer = IssuerUrl::new(endpoints.issuer.clone())?;
        // Keys rotate, so tokens are verified by `bearer` with keys that are kept fresh, not by this client.
        let mut client = CoreClient::new(
            ClientId::new(settings.client_id.clone()),
            issuer,
            JsonWebKeySet::default(),
        )
        .set_auth_uri(endpoints.sign_in.clone())
        .set_token_uri(endpoints.token.clone())
        .set_redirect_uri(self.redirect.clone());
        if let Some(secret) = &settings.client_secret {
            client = client.set_client_secret(ClientSecret::new(secret.expose().to_owned()));
        }
        Ok(client)
    }
}

impl Tokens {
    fn of(answer: &CoreTokenResponse) -> Self {
        Self {
            id_token: answer.extra_fields().id_token().map(ToString::to_string),
            refresh_token: answer.refresh_token().map(|token| token.secret().clone()),
        }
    }
}

/// The address, below `to` where it was below `from`.
fn moved(address: &str, from: &str, to: &str) -> String {
    match address.strip_prefix(from) {
        Some(rest) if rest.is_empty() || rest.starts_with('/') => format!("{to}{rest}"),
        _ => address.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn endpoints_move_only_from_below_the_other_address() {
        let (ours, public) = ("http://idp.svc/realms/x", "https://id.example/realms/x");
        assert_eq!(
            moved("http://idp.svc/realms/x/token", ours, public),
            "https://id.example/realms/x/token"
        );
        assert_eq!(
            moved("http://idp.svc/realms/xy/token", ours, public),
            "http://idp.svc/realms/xy/token"
        );
        assert_eq!(moved("https://else/token", ours, public), "https://else/token");
    }
}
