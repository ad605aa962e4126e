//! A client of the OpenID provider: builds the addresses of its pages for sign-in and sign-out, and
//! calls its endpoints for tokens.

use std::{sync::Arc, time::Duration};

use clock::SharedClock;
use http::header;
use openidconnect::{
    AuthType, AuthenticationFlow, AuthorizationCode, ClientId, ClientSecret, CsrfToken,
    EndpointNotSet, EndpointSet, JsonWebKeySet, Nonce, OAuth2TokenResponse as _, PkceCodeChallenge,
    PkceCodeVerifier, RedirectUrl, RefreshToken, RequestTokenError, Scope,
    core::{CoreClient, CoreResponseType, CoreTokenResponse},
};
use reqwest::RequestBuilder;
use tokio::time::timeout;
use url::Url;

use crate::{
    OidcSettings, Secret, SetupError,
    discovery::{Discovery, Endpoints},
    error::Cause,
    http_client,
    keys::Keys,
    token_verifier::{Expectation, Verified, Verifier},
};

type Client = CoreClient<
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointSet,
    EndpointNotSet,
>;

/// How long a sign-out waits for the provider's discovery document.
const SIGN_OUT_TIMEOUT: Duration = Duration::from_secs(2);

/// The tokens of a sign-in or a refresh.
pub(crate) struct Tokens {
    /// The ID token; the response to a refresh may omit it.
    pub(crate) id_token: Option<String>,
    pub(crate) refresh_token: Option<String>,
}

/// An authorization request: the address for the browser, and what its callback is checked with.
pub(crate) struct AuthorizationRequest {
    pub(crate) address: String,
    pub(crate) state: String,
    pub(crate) nonce: String,
    pub(crate) verifier: String,
}

/// Why tokens could not be refreshed.
#[derive(Debug)]
pub(crate) enum RefreshError {
    /// The provider refused; a retry does not help.
    Refused(Cause),
    /// The provider did not answer, or its answer is malformed; a retry may help.
    Failed(Cause),
}

/// A client of the OpenID provider. Clones share its caches.
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
        let (internal, public) = (&settings.issuer, settings.public_issuer.as_deref());
        let discovery =
            Discovery::new("OIDC_ISSUER", internal, public, http.clone(), clock.clone())?;
        let id_tokens = Verifier::new(Keys::new(http.clone(), clock.clone()), clock);
        let redirect = RedirectUrl::new(settings.redirect_url.clone()).map_err(|_| {
            SetupError::Address { what: "OIDC_REDIRECT_URL", value: settings.redirect_url.clone() }
        })?;
        Ok(Self { settings: Arc::new(settings), redirect, http, discovery, id_tokens })
    }

    /// The provider's discovery document.
    pub(crate) const fn discovery(&self) -> &Discovery {
        &self.discovery
    }

    /// A new authorization request with a fresh state, nonce and PKCE verifier.
    pub(crate) async fn authorization_request(&self) -> Result<AuthorizationRequest, Cause> {
        let client = self.client(&*self.discovery.endpoints().await?)?;
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let mut request = client.authorize_url(
            AuthenticationFlow::<CoreResponseType>::AuthorizationCode,
            CsrfToken::new_random,
            Nonce::new_random,
        );
        // `openidconnect` adds the scope `openid`.
        for scope in self.settings.scopes.iter().filter(|scope| *scope != "openid") {
            request = request.add_scope(Scope::new(scope.clone()));
        }
        let (address, state, nonce) = request.set_pkce_challenge(challenge).url();
        Ok(AuthorizationRequest {
            address: address.to_string(),
            state: state.into_secret(),
            nonce: nonce.secret().clone(),
            verifier: verifier.into_secret(),
        })
    }

    /// Exchanges the code of a callback for tokens.
    pub(crate) async fn exchange(&self, code: String, verifier: String) -> Result<Tokens, Cause> {
        let client = self.client(&*self.discovery.endpoints().await?)?;
        let http = self.http.clone();
        let response = client
            .exchange_code(AuthorizationCode::new(code))
            .set_pkce_verifier(PkceCodeVerifier::new(verifier))
            .request_async(&move |request| http_client::send(http.clone(), request))
            .await?;
        Ok(Tokens::from_response(&response))
    }

    /// Exchanges a refresh token for new tokens.
    pub(crate) async fn refresh(&self, refresh_token: String) -> Result<Tokens, RefreshError> {
        let endpoints = self.discovery.endpoints().await.map_err(RefreshError::Failed)?;
        let client = self.client(&endpoints).map_err(RefreshError::Failed)?;
        let http = self.http.clone();
        let response = client
            .exchange_refresh_token(&RefreshToken::new(refresh_token))
            .request_async(&move |request| http_client::send(http.clone(), request))
            .await;
        match response {
            Ok(response) => Ok(Tokens::from_response(&response)),
            Err(error @ RequestTokenError::ServerResponse(_)) => {
                Err(RefreshError::Refused(error.into()))
            }
            Err(error) => Err(RefreshError::Failed(error.into())),
        }
    }

    /// Revokes a refresh token (RFC 7009). Does nothing if the provider cannot revoke tokens.
    pub(crate) async fn revoke(&self, refresh_token: &str) -> Result<(), Cause> {
        let endpoints = self.discovery.endpoints().await?;
        let Some(address) = &endpoints.revocation else { return Ok(()) };
        let request = self.revocation(address, refresh_token, endpoints.secret_in_body);
        request.send().await?.error_for_status()?;
        Ok(())
    }

    fn revocation(&self, address: &str, token: &str, secret_in_body: bool) -> RequestBuilder {
        let (id, secret) = (&self.settings.client_id, self.settings.client_secret.as_ref());
        let mut form = url::form_urlencoded::Serializer::new(String::new());
        form.append_pair("token", token).append_pair("token_type_hint", "refresh_token");
        let mut request = self
            .http
            .post(address)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        match secret.map(Secret::expose) {
            // RFC 6749, 2.3.1: both are form-encoded before they are encoded for HTTP Basic.
            Some(secret) if !secret_in_body => {
                request = request.basic_auth(form_encoded(id), Some(form_encoded(secret)));
            }
            Some(secret) => {
                form.append_pair("client_id", id).append_pair("client_secret", secret);
            }
            None => {
                form.append_pair("client_id", id);
            }
        }
        request.body(form.finish())
    }

    /// The provider's page that ends its own session and returns to this site (OpenID Connect
    /// RP-Initiated Logout 1.0, section 2). `None` if the provider has no such page, or does not
    /// answer in time. The page gets no `id_token_hint`: the browser would keep the token in its
    /// history.
    pub(crate) async fn sign_out_page(&self) -> Option<String> {
        let endpoints = timeout(SIGN_OUT_TIMEOUT, self.discovery.endpoints()).await.ok()?.ok()?;
        let mut page = Url::parse(endpoints.end_session.as_deref()?).ok()?;
        let home = self.redirect.url().join("/").ok()?;
        page.query_pairs_mut()
            .append_pair("client_id", &self.settings.client_id)
            .append_pair("post_logout_redirect_uri", home.as_str());
        matches!(page.scheme(), "https" | "http").then(|| page.into())
    }

    /// Verifies an ID token of this provider for Dploy (OpenID Connect Core, 3.1.3.7).
    pub(crate) async fn verified(&self, id_token: &str) -> Result<Verified, Cause> {
        let endpoints = self.discovery.endpoints().await?;
        let audience = self.settings.client_id.clone();
        let expected = Expectation { issuer: endpoints.issuer.to_string(), audience };
        let verified = self.id_tokens.verify(id_token, &endpoints.keys_url, &expected).await?;
        // `azp` names the client that the token was issued to, when that is not the only audience.
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
        // `id_tokens` verifies tokens with refreshed keys; this client has no keys.
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

fn form_encoded(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

impl Tokens {
    fn from_response(response: &CoreTokenResponse) -> Self {
        Self {
            id_token: response.extra_fields().id_token().map(ToString::to_string),
            refresh_token: response.refresh_token().map(|token| token.secret().clone()),
        }
    }
}
