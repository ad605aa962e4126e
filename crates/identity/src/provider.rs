//! The OpenID provider that people sign in with: the address of its sign-in page, and its token endpoint.

use std::sync::Arc;

use clock::SharedClock;
use openidconnect::{
    AuthType, AuthenticationFlow, AuthorizationCode, ClientId, ClientSecret, CsrfToken,
    EndpointNotSet, EndpointSet, JsonWebKeySet, Nonce, OAuth2TokenResponse as _, PkceCodeChallenge,
    PkceCodeVerifier, RedirectUrl, RefreshToken, RequestTokenError, Scope,
    core::{CoreClient, CoreResponseType, CoreTokenResponse},
};

use crate::{
    OidcSettings, SetupError,
    bearer::{Expectation, Verified, Verifier},
    discovery::{Discovery, Endpoints},
    error::Cause,
    keys::Keys,
    web,
};

type Client = CoreClient<
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointSet,
    EndpointNotSet,
>;

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

/// Why a session could not be renewed.
#[derive(Debug)]
pub(crate) enum NotRenewed {
    /// The provider says no, for good.
    Refused(Cause),
    /// It does not answer, or not as it should; it may later.
    Failed(Cause),
}

/// The provider that people sign in with.
#[derive(Debug, Clone)]
pub(crate) struct OpenIdProvider {
    settings: Arc<OidcSettings>,
    redirect: RedirectUrl,
    http: reqwest::Client,
    discovery: Discovery,
    id_tokens: Verifier,
}

impl OpenIdProvider {
    pub(crate) fn new(
        settings: OidcSettings,
        http: reqwest::Client,
        clock: SharedClock,
    ) -> Result<Self, SetupError> {
        let (ours, public) = (&settings.issuer, settings.public_issuer.as_deref());
        let discovery = Discovery::new("OIDC_ISSUER", ours, public, http.clone(), clock.clone())?;
        let id_tokens = Verifier::new(Keys::new(http.clone(), clock.clone()), clock);
        let redirect = RedirectUrl::new(settings.redirect_url.clone()).map_err(|_| {
            SetupError::Address { what: "OIDC_REDIRECT_URL", value: settings.redirect_url.clone() }
        })?;
        Ok(Self { settings: Arc::new(settings), redirect, http, discovery, id_tokens })
    }

    /// Where its endpoints and keys are.
    pub(crate) const fn discovery(&self) -> &Discovery {
        &self.discovery
    }

    /// Where the browser has to go to sign in, with fresh PKCE, state and nonce.
    pub(crate) async fn begin(&self) -> Result<Beginning, Cause> {
        let client = self.client(&*self.discovery.endpoints().await?)?;
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
        let client = self.client(&*self.discovery.endpoints().await?)?;
        let http = self.http.clone();
        let answer = client
            .exchange_code(AuthorizationCode::new(code))
            .set_pkce_verifier(PkceCodeVerifier::new(verifier))
            .request_async(&move |request| web::send(http.clone(), request))
            .await?;
        Ok(Tokens::of(&answer))
    }

    /// Asks for new tokens without the person.
    pub(crate) async fn refresh(&self, refresh_token: String) -> Result<Tokens, NotRenewed> {
        let endpoints = self.discovery.endpoints().await.map_err(NotRenewed::Failed)?;
        let client = self.client(&endpoints).map_err(NotRenewed::Failed)?;
        let http = self.http.clone();
        let answer = client
            .exchange_refresh_token(&RefreshToken::new(refresh_token))
            .request_async(&move |request| web::send(http.clone(), request))
            .await;
        match answer {
            Ok(answer) => Ok(Tokens::of(&answer)),
            Err(error @ RequestTokenError::ServerResponse(_)) => {
                Err(NotRenewed::Refused(error.into()))
            }
            Err(error) => Err(NotRenewed::Failed(error.into())),
        }
    }

    /// The claims of an ID token of its own that is meant for us (OpenID Connect Core, 3.1.3.7).
    pub(crate) async fn verified(&self, id_token: &str) -> Result<Verified, Cause> {
        let endpoints = self.discovery.endpoints().await?;
        let audience = self.settings.client_id.clone();
        let expected = Expectation { issuer: endpoints.issuer.to_string(), audience };
        let verified = self.id_tokens.verify(id_token, &endpoints.keys_url, &expected).await?;
        // `azp` names the client that the token was issued to, where that is not the whole audience.
        match verified.claims.get("azp") {
            Some(party) if party.as_str() != Some(&expected.audience) => {
                Err("the ID token was issued to another client".into())
            }
            _ => Ok(verified),
        }
    }

    fn client(&self, endpoints: &Endpoints) -> Result<Client, Cause> {
        let settings = &self.settings;
        let token = endpoints.token.clone().ok_or("the provider has no token endpoint")?;
        // Keys rotate, so tokens are verified by `bearer` with keys that are kept fresh, not by this client.
        let (id, keys) = (ClientId::new(settings.client_id.clone()), JsonWebKeySet::default());
        let mut client = CoreClient::new(id, endpoints.issuer.clone(), keys)
            .set_auth_uri(endpoints.sign_in.clone())
            .set_token_uri(token)
            .set_redirect_uri(self.redirect.clone());
        if endpoints.secret_in_body {
            client = client.set_auth_type(AuthType::RequestBody);
        }
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
