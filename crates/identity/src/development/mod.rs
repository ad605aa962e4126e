//! The identity provider of `dploy dev`: three people, no passwords, on loopback only.
//!
//! It speaks OpenID Connect like any other (authorization code with PKCE, refresh tokens, discovery, keys), so that nothing else in Dploy
//! knows that it is not a real one. Only `dploy dev` makes a [`Provider`]; no setting of `dploy serve` leads here.

mod grants;
mod keyring;
mod people;
mod routes;
mod tokens;

use std::{path::Path, sync::Arc};

use axum::Router;
use clock::SharedClock;
use thiserror::Error;

pub use people::PEOPLE;

use self::{grants::Grants, keyring::Keyring, people::person, tokens::TokenMaker};
use crate::{OidcSettings, Secret, Settings, error::Cause};

/// Dploy's client id at this provider, and the audience of its tokens.
const CLIENT: &str = "dploy";

/// What the development provider cannot do.
#[derive(Debug, Error)]
pub enum ProviderError {
    /// Its keys cannot be read or written.
    #[error("could not use the development provider's keys in {directory}")]
    Keys {
        /// Where they are.
        directory: String,
        /// What went wrong.
        #[source]
        cause: Cause,
    },
    /// No `dploy dev` has used that directory.
    #[error("no `dploy dev` was ever started with its data in {0}")]
    NeverStarted(String),
    /// Nobody has that name.
    #[error("the development provider knows alice, bob and carol, but not {0}")]
    UnknownPerson(String),
    /// A token could not be signed.
    #[error("the token could not be signed")]
    Signing(#[source] Cause),
}

/// The provider.
#[derive(Debug, Clone)]
pub struct Provider {
    keyring: Arc<Keyring>,
    tokens: TokenMaker,
    grants: Grants,
    redirect_url: String,
}

impl Provider {
    /// The provider at `issuer` for the site at `site` (an origin), with its keys in `directory`, made where they are missing.
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

    /// The provider that was opened in `directory` before, to make tokens while it runs elsewhere.
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

    /// Its endpoints, below the path of its issuer.
    pub fn router(&self) -> Router {
        routes::router(self.clone())
    }

    /// An ID token of one of its people, as a browser would get it.
    ///
    /// # Errors
    /// [`ProviderError::UnknownPerson`]
    pub fn issue_token(&self, name: &str) -> Result<String, ProviderError> {
        let person = person(name).ok_or_else(|| ProviderError::UnknownPerson(name.to_owned()))?;
        self.tokens.id_token(person, None).map_err(ProviderError::Signing)
    }

    /// Settings for a Dploy whose people sign in here.
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
            session_secret: secret,
        }
    }
}
