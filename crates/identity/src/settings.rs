//! The settings of this crate, and a type for secrets.

use std::fmt;

use sha2::{Digest as _, Sha256};

/// A value that `Debug` does not print.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Wraps a secret value.
    pub fn new(value: impl Into<String>) -> Self {
        Self(value.into())
    }

    /// The value.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// A key of 32 bytes for one purpose, derived from the secret.
    pub(crate) fn derive(&self, purpose: &str) -> [u8; 32] {
        let mut hasher = Sha256::new();
        hasher.update((purpose.len() as u64).to_be_bytes());
        hasher.update(purpose);
        hasher.update(&self.0);
        hasher.finalize().into()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

/// How callers are identified.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The address of the keys that sign bearer tokens. `None`: the discovery document names it.
    pub jwks_url: Option<String>,
    /// The `iss` of bearer tokens.
    pub issuer: String,
    /// The `aud` of bearer tokens, alone or in a list.
    pub audience: String,
    /// The claim with the person's name; dots reach into nested claims.
    pub username_claim: String,
    /// The claim that makes a person an admin; dots reach into nested claims.
    pub admin_claim: String,
    /// The value that the admin claim must equal or contain.
    pub admin_value: String,
    /// Sign-in with a browser. `None`: bearer tokens only.
    pub oidc: Option<OidcSettings>,
    /// The secret that the key of session cookies is derived from; the same on every replica.
    pub session_secret: Secret,
}

/// Sign-in with an OpenID provider (authorization code, PKCE, state, nonce).
#[derive(Debug, Clone)]
pub struct OidcSettings {
    /// The provider's address for this server.
    pub issuer: String,
    /// The provider's address for browsers, when it differs.
    pub public_issuer: Option<String>,
    /// Dploy's client id.
    pub client_id: String,
    /// Dploy's client secret; `None` for a public client.
    pub client_secret: Option<Secret>,
    /// The address of `/auth/callback` for browsers.
    pub redirect_url: String,
    /// The requested scopes.
    pub scopes: Vec<String>,
}
