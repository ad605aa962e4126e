//! The identity provider of `dploy dev`: three people, no passwords, on loopback only.
//!
//! It implements OpenID Connect: authorization code with PKCE, refresh tokens and their revocation,
//! discovery, keys, sign-out. The rest of Dploy cannot tell it from a real provider. No setting of
//! `dploy serve` makes a [`Provider`].

mod grants;
mod keyring;
mod people;
mod routes;
mod sign_out;
mod tokens;

use std::{path::Path, sync::Arc};

use axum::Router;
use clock::SharedClock;
use identity::{OidcSettings, Secret, Settings};
use jiff::SignedDuration;
use thiserror::Error;

pub use people::PEOPLE;

use self::{grants::Grants, keyring::Keyring, people::person, tokens::TokenMaker};

/// An error of a library.
type Cause = Box<dyn std::error::Error + Send + Sync>;

/// Dploy's client id at this provider, and the audience of its tokens.
const CLIENT: &str = "dploy";

/// How long a session lasts from the sign-in: the default of `dploy serve`.
const MAX_SESSION_LIFETIME: SignedDuration = SignedDuration::from_hours(12);

/// Why the development provider failed.
#[derive(Debug, Error)]
pub enum ProviderError {
    /// The keys cannot be read or written.
    #[error("could not use the development provider's keys in {directory}")]
    Keys {
        /// The directory of the keys.
        directory: String,
        /// The cause.
        #[source]
        cause: Cause,
    },
    /// No `dploy dev` has used that directory.
    #[error("no `dploy dev` was ever started with its data in {0}")]
    NeverStarted(String),
    /// No person has this name.
    #[error("the development provider knows alice, bob and carol, but not {0}")]
    UnknownPerson(String),
    /// A token could not be signed.
    #[error("the token could not be signed")]
    Signing(#[source] Cause),
}

/// The development provider.
#[derive(Debug, Clone)]
pub struct Provider {
    keyring: Arc<Keyring>,
    tokens: TokenMaker,
    grants: Grants,
    redirect_url: String,
}

impl Provider {
    /// The provider at `issuer` for the site with the origin `site`. Its keys are in `directory`;
    /// missing ones are made.
    ///
    /// # Errors
    /// [`ProviderError::Keys`]
    pub fn open(
        directory: &Path,
        issuer: &str,
        site: &str,
        clock: SharedClock,
    ) -> Result<Self, ProviderError> {
        let keyring = Keyring::open(directory, issuer).map_err(|cause| ProviderError::Keys {
            directory: directory.display().to_string(),
            cause,
        })?;
        Ok(Self::with(keyring, format!("{site}/auth/callback"), clock))
    }

    /// The provider that was opened in `directory` before: makes tokens beside the running one.
    ///
    /// # Errors
    /// [`ProviderError::NeverStarted`]
    pub fn reopen(directory: &Path, clock: SharedClock) -> Result<Self, ProviderError> {
        let keyring = Keyring::reopen(directory)
            .map_err(|_| ProviderError::NeverStarted(directory.display().to_string()))?;
        Ok(Self::with(keyring, String::new(), clock))
    }

    fn with(keyring: Keyring, redirect_url: String, clock: SharedClock) -> Self {
        let keyring = Arc::new(keyring);
        let tokens = TokenMaker::new(keyring.clone(), clock.clone());
        Self { keyring, tokens, grants: Grants::new(clock), redirect_url }
    }

    /// The endpoints, relative to the path of the issuer.
    pub fn router(&self) -> Router {
        routes::router(self.clone())
    }

    /// An ID token of one of the people, as a browser would get it.
    ///
    /// # Errors
    /// [`ProviderError::UnknownPerson`]
    pub fn issue_token(&self, name: &str) -> Result<String, ProviderError> {
        let person = person(name).ok_or_else(|| ProviderError::UnknownPerson(name.to_owned()))?;
        self.tokens.id_token(person, None).map_err(ProviderError::Signing)
    }

    /// The identity settings of a server whose people sign in here.
    #[must_use]
    pub fn settings(&self) -> Settings {
        let secret = Secret::new(self.keyring.client_secret());
        Settings {
            jwks_url: None,
            issuer: self.keyring.issuer().to_owned(),
            audience: CLIENT.to_owned(),
            username_claim: "name".to_owned(),
            admin_claim: "is_admin".to_owned(),
            admin_value: "true".to_owned(),
            oidc: Some(OidcSettings {
                issuer: self.keyring.issuer().to_owned(),
                public_issuer: None,
                client_id: CLIENT.to_owned(),
                client_secret: Some(secret.clone()),
                redirect_url: self.redirect_url.clone(),
                scopes: ["openid", "profile", "email"].map(str::to_owned).to_vec(),
            }),
            max_session_lifetime: MAX_SESSION_LIFETIME,
            cookie_secrets: secret.into(),
        }
    }
}
